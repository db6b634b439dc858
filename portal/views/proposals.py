"""Projects that municipalities put in themselves."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_safe
def proposal(request: HttpRequest, proposal: UUID) -> HttpResponse:
    raise Http404
