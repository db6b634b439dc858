"""The pages of the handbook in the admin, for all staff, and from every other page the way to the one about it."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from landespreis.handbook import pages, places

KEPT = "private, max-age=3600"


class HandbookSite(AdminSite):
    """The part of the admin site that is read."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        view = self.admin_view
        picture = view(require_safe(self.handbook_picture), cacheable=True)
        own = [
            path("handbuch/", view(require_safe(self.handbook)), name="handbook"),
            path("handbuch/bilder/<str:name>", picture, name="handbook_picture"),
            path("handbuch/<slug:key>/", view(require_safe(self.handbook_page)), name="handbook_page"),
        ]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        found = request.resolver_match
        name = (found.url_name if found else "") or ""
        return super().each_context(request) | {"handbook_place": places.page(name)}

    def handbook(self, request: HttpRequest) -> TemplateResponse:
        """What somebody wants to do, and the page about it."""
        if not pages.is_installed():
            raise Http404
        return self._shown(request, pages.first(), before=None, after=None)

    def handbook_page(self, request: HttpRequest, key: str) -> TemplateResponse:
        page = pages.pages().get(key)
        if page is None:
            raise Http404
        before, after = pages.beside(key)
        return self._shown(request, page, before=before, after=after)

    def handbook_picture(self, request: HttpRequest, name: str) -> HttpResponse:
        """A picture of the handbook; it shows invented people only, so a browser may keep it for a while."""
        file = pages.picture(name)
        if file is None:
            raise Http404
        return HttpResponse(file.read_bytes(), content_type="image/png", headers={"Cache-Control": KEPT})

    def _shown(self, request: HttpRequest, page: pages.Page, **more: Any) -> TemplateResponse:
        context = self.each_context(request) | {
            "title": page.title,
            "page": page,
            "all": pages.pages().values(),
            **more,
        }
        return TemplateResponse(request, "admin/handbook.html", context)
