"""Where sessions are kept and when they end: in the database, as Django does it, after idling and after a day's work.

Every request of somebody logged in reads its own. The end stands in the row, so an ended session is over everywhere.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from landespreis.composed_rows import Read

SESSIONS = Read(Session, by="session_key")
BEGUN = "session_begun"
"""Key of the session: when somebody logged in, in seconds; from there the longest time counts."""
GUARDED = "session_guarded"
"""Key of the session of somebody who was let into the admin or the jury: it idles for a shorter time."""
TOUCH = timedelta(minutes=5)
"""How much a session may have idled before that it goes on is written down."""


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        session = SESSIONS.one(self.session_key) if self.session_key else None
        now = timezone.now()
        if session and session.expire_date > now:
            data: dict[str, Any] = session.get_decoded()
            self._go_on(session, data, now)
            return data
        return super().load()  # there is none: Django knows what follows from that

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        if SESSION_KEY in data:
            data.setdefault(BEGUN, now.timestamp())
        key = self._get_or_create_session_key()  # type: ignore[attr-defined]  # the stubs leave it out
        return Session(session_key=key, session_data=self.encode(data), expire_date=_end(data, now))

    def _go_on(self, session: Session, data: dict[str, Any], now: datetime) -> None:
        """Put the end off, at most every few minutes; the longest time stays."""
        end = _end(data, now)
        if SESSION_KEY in data and end - session.expire_date > TOUCH:
            self.model.objects.filter(session_key=session.session_key).update(expire_date=end)


def _end(data: dict[str, Any], now: datetime) -> datetime:
    """Return when a session ends if nothing is heard of it from now on."""
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if SESSION_KEY not in data:  # nobody logged in: a text that waits for its writer
        return now + longest
    idle = settings.SESSION_IDLE_GUARDED_SECONDS if data.get(GUARDED) else settings.SESSION_IDLE_SECONDS
    begun = datetime.fromtimestamp(data.get(BEGUN, now.timestamp()), tz=now.tzinfo)
    return min(now + timedelta(seconds=idle), begun + longest)
