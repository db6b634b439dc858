"""A project of the directory."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def detail(request: HttpRequest, project: str) -> HttpResponse:
    raise Http404
