"""What the pages about people share."""

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
