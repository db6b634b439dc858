"""The admin site: its first page is the overview, and it hands out tables."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST, require_safe

from landespreis import clock, exports, overview
from landespreis.records import desk
from landespreis.records.permissions import may_disclose


class OfficeSite(AdminSite):
    index_title = "Überblick"
    index_template = "admin/overview.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("exporte/", self.admin_view(require_safe(self.exports)), name="exports"),
            path("auskunft/", self.admin_view(desk.person), name="person"),
            path("exporte/<slug:key>.<slug:form>", self.admin_view(require_POST(self.export)), name="export"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        page = overview.page(_person(request), clock.now())
        has_exports = bool(exports.datasets(_person(request)))
        context = {"overview": page, "title": page.headline, "has_exports": has_exports}
        context["may_disclose"] = may_disclose(_person(request))
        return super().index(request, context | (extra_context or {}))

    def exports(self, request: HttpRequest) -> TemplateResponse:
        """Every table that the person may take, with a button for each form."""
        offered = exports.datasets(_person(request)).values()
        context = self.each_context(request) | {"title": "Exporte", "datasets": offered, "forms": exports.FORMS.items()}
        return TemplateResponse(request, "admin/exports.html", context)

    def export(self, request: HttpRequest, key: str, form: str) -> StreamingHttpResponse:
        """One table; that it was taken is written down, which is why it is asked for with POST."""
        dataset = exports.datasets(_person(request)).get(key)
        if dataset is None or form not in exports.FORMS:
            raise Http404
        assert isinstance(request.user, AbstractBaseUser)
        exports.note(dataset, form, by=request.user)
        return exports.answer(dataset, form)


def _person(request: HttpRequest) -> PermissionsMixin:
    assert isinstance(request.user, PermissionsMixin)  # the site lets nobody else in
    return request.user
