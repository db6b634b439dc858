"""Pages of the jury."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions.models import Round


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "jury/index.html", {"round": Round.objects.current()})
