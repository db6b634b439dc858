"""Where sessions are kept: in the database, as Django does it. Every request of somebody logged in reads its own."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from landespreis.composed import Read

SESSIONS = Read(Session, by="session_key")


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        session = SESSIONS.one(self.session_key) if self.session_key else None
        if session and session.expire_date > timezone.now():
            return session.get_decoded()
        return super().load()  # there is none: Django knows what follows from that
