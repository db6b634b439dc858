"""Where sessions are kept: in the database, as Django does it, but read with SQL that is not composed anew each time.

Every request of somebody who is logged in reads its session; composing that query took longer than running it.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

READ = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        for session in Session.objects.raw(READ, [self.session_key]):
            if session.expire_date > timezone.now():
                return session.get_decoded()
        return super().load()  # there is none: Django knows what follows from that
