"""The public page of a round as it will be, for staff to look at before the round is announced."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from landespreis import clock
from portal.admin.frame import person
from portal.views import start
from submissions.models import Round


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show /landespreis/ of any round; the admin forbids every cache to keep it."""
    if not person(request).has_perm("submissions.view_round"):
        raise PermissionDenied
    round_ = get_object_or_404(Round, pk=pk)
    context = start.about_award(round_, clock.now())
    back = reverse("admin:submissions_round_change", args=[round_.pk])
    return render(request, "portal/award_preview.html", context | {"back": back})
