"""The portal's addresses, and some that break in ways that no page of the portal should."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from landespreis.urls import handler400, handler403, handler404, handler429, handler500
from landespreis.urls import urlpatterns as portal
from landespreis.watching import tracing

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]


def broken(request: HttpRequest, token: str) -> HttpResponse:
    raise RuntimeError(f"Key (email)=(ada@kommune.example) from https://landespreis.example/jury/einladung/{token}/")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield tracing.request_id().encode()

    return StreamingHttpResponse(parts())


urlpatterns = [path("termine/kaputt/<str:token>/", broken), path("strom/", stream), *portal]
