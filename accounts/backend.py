"""Who is behind a session: as allauth says it. Every request of somebody logged in reads their account."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from landespreis.composed_rows import Read

USERS = Read(User)


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        user = USERS.one(user_id)
        return user if user and self.user_can_authenticate(user) else None
