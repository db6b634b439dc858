"""The juror's start page and what lies before it."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jury.views.frame import JurorRequest, juror_page


@juror_page
@require_safe
def index(request: JurorRequest) -> HttpResponseBase:
    return render(request, "jury/index.html", {"round": request.sight.round})
