"""News in the admin, and the preview that every editor of marked text asks for."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from landespreis import clock, wording
from portal import richtext
from portal.actions import news as verbs
from portal.forms.editing import NewsCategoryForm, NewsForm
from portal.models import FormerAddress, News, NewsCategory

LONGEST_PREVIEW = 60_000


class FormerAddressInline(admin.TabularInline[FormerAddress, Any]):
    model = FormerAddress
    extra = 0
    readonly_fields = ("slug",)

    def has_add_permission(self, request: HttpRequest, obj: News | None = None) -> bool:
        return False


@admin.register(News)
class NewsAdmin(admin.ModelAdmin[News]):
    form = NewsForm
    list_display = ("title", "category", "state", "changed_at")
    list_filter = ("category", "published_at")
    list_select_related = ("category",)
    search_fields = ("title", "lead", "body")
    search_help_text = "Überschrift oder Text"
    inlines = (FormerAddressInline,)

    def get_urls(self) -> list[URLPattern]:
        preview = path("vorschau/", self.admin_site.admin_view(self.preview), name="portal_preview")
        return [preview, *super().get_urls()]

    def get_inlines(self, request: HttpRequest, obj: News | None) -> list[Any]:
        return list(self.inlines) if obj and obj.former_addresses.exists() else []

    def save_model(self, request: HttpRequest, obj: News, form: "ModelForm[News]", change: bool) -> None:
        verbs.save(obj)

    @admin.display(description="Stand", ordering=F("published_at").desc(nulls_first=True))
    def state(self, news: News) -> str:
        if news.published_at is None:
            return "Entwurf"
        said = wording.moment_short(news.published_at)
        return f"seit {said}" if news.is_public(clock.now()) else f"erscheint {said}"

    def preview(self, request: HttpRequest) -> JsonResponse:
        """Answer marked text as the HTML that would be stored, with what is wrong in it."""
        return _preview(request)


@require_POST
def _preview(request: HttpRequest) -> JsonResponse:
    if not request.user.has_module_perms("portal"):
        raise PermissionDenied
    source = request.POST.get("text", "")[:LONGEST_PREVIEW]
    done = richtext.render(source, headings=request.POST.get("headings") == "1")
    return JsonResponse({"html": done.html, "problems": done.problems})


@admin.register(NewsCategory)
class NewsCategoryAdmin(admin.ModelAdmin[NewsCategory]):
    form = NewsCategoryForm
    list_display = ("name", "news_count", "position", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[NewsCategory]":
        rows: QuerySet[NewsCategory] = super().get_queryset(request)
        return rows.annotate(counted=Count("news"))

    @admin.display(description="Meldungen", ordering="counted")
    def news_count(self, row: Any) -> int:
        return int(row.counted)
