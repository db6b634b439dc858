"""The WSGI entry point for gunicorn, and what it makes of a request before Django does."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landespreis.settings")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)


def read_as_utf8(inner: Application) -> Application:
    """Read every request as UTF-8, whatever charset it names: browsers send nothing else.

    Django takes any codec's name while it is still making the request: one that makes no text fails there, before any
    page for errors. And a public page for a query that was read otherwise would be kept for everybody.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        return inner(environ, start_response)

    return application


application = read_as_utf8(get_wsgi_application())
get_resolver().url_patterns  # noqa: B018  # reading loads the views: now, and not when the first visitor waits
