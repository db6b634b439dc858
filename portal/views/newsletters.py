"""The newsletter: its archive and an issue."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_safe
def issue(request: HttpRequest, newsletter: str) -> HttpResponse:
    raise Http404
