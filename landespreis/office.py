"""The admin site: its first page is the overview."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import PermissionsMixin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from landespreis import clock, overview


class OfficeSite(AdminSite):
    index_title = "Überblick"
    index_template = "admin/overview.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        assert isinstance(request.user, PermissionsMixin)  # the site lets nobody else in
        page = overview.page(request.user, clock.now())
        return super().index(request, {"overview": page, "title": page.headline} | (extra_context or {}))
