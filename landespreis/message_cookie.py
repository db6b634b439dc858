"""Messages for the next page in a cookie, as Django keeps them, bound to this host like the other cookies with TLS."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    cookie_name = "__Host-messages" if settings.HTTPS else "messages"


class MessageStorage(FallbackStorage):
    """What is too long for the cookie goes into the session; nearly never, and a cookie costs no write."""

    storage_classes = (HostCookieStorage, SessionStorage)
