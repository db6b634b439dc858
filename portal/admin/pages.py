"""Pages in the admin, with their versions and the way back to each."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from portal import richtext
from portal.actions import pages as verbs
from portal.admin import rounds
from portal.admin.frame import OneByOne, person
from portal.forms.editing import PageForm
from portal.models import Page, PageVersion


class VersionInline(admin.TabularInline[PageVersion, Any]):
    model = PageVersion
    extra = 0
    can_delete = False
    fields = readonly_fields = ("link", "title", "is_placeholder", "saved_at", "saved_by")
    verbose_name_plural = "Versionen"

    def has_add_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return False

    @admin.display(description="Version")
    def link(self, version: PageVersion) -> str:
        if not version.pk:  # a row that a form was made to have, shown again with what is wrong in it
            return ""
        return format_html(
            '<a href="{}">Version {}</a>', reverse("admin:portal_version", args=[version.pk]), version.number
        )


@admin.register(Page)
class PageAdmin(OneByOne, admin.ModelAdmin[Page]):
    form = PageForm
    list_display = ("title", "slug", "is_placeholder", "changed_at")
    list_filter = ("is_placeholder",)
    search_fields = ("title", "lead", "body", "slug")
    search_help_text = "Titel, Text oder Adresse"
    inlines = (VersionInline,)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("version/<int:pk>/", wrap(self.version), name="portal_version"),
            path("landespreis/<int:pk>/", wrap(require_safe(rounds.preview)), name="portal_round_preview"),
            *super().get_urls(),
        ]

    def get_inlines(self, request: HttpRequest, obj: Page | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        return ["slug"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_fixed)

    def save_model(self, request: HttpRequest, obj: Page, form: "ModelForm[Page]", change: bool) -> None:
        verbs.save(obj, by=person(request))

    def version(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show an earlier text; the button puts it on the page again."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        version = get_object_or_404(PageVersion.objects.select_related("page", "saved_by"), pk=pk)
        if request.method == "POST":
            page = verbs.restore(version, by=person(request))
            self.log_change(request, page, f"Version {version.number} wiederhergestellt.")
            self.message_user(request, f"Auf der Seite „{page}“ steht wieder der Text von Version {version.number}.")
            return redirect("admin:portal_page_change", page.pk)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": str(version),
            "version": version,
            "html": richtext.render(version.body).html,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/portal/version.html", context)
