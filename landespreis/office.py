"""The admin site: its first page is the overview, and it hands out tables."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from landespreis import clock, exports, lookup, overview


class FoundByWords(ModelAdmin):  # type: ignore[type-arg]
    """What every list searches with: the rules of the search over everything, so both find the same."""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        fields, words = self.get_search_fields(request), lookup.words(search_term)
        return (lookup.narrowed(queryset, list(fields), words) if fields and words else queryset), False


def kept(page: "ModelAdmin[Any]", request: HttpRequest, url: str) -> str:
    """Return an address of the admin with the filters of the list that the person came from."""
    return str(
        add_preserved_filters({"opts": page.opts, "preserved_filters": page.get_preserved_filters(request)}, url)
    )


def _icon(value: bool | None) -> SafeString:
    """What the admin shows for yes and no, with the word for those who hear it; Django says it in English."""
    name, said = {True: ("yes", "ja"), False: ("no", "nein"), None: ("unknown", "unbekannt")}[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), said)


admin_list._boolean_icon = _icon  # type: ignore[attr-defined]  # it has neither a setting nor a template


class OfficeSite(AdminSite):
    index_title = "Überblick"
    index_template = "admin/overview.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register as always; searching in the list then goes by `FoundByWords`, below what the class does itself."""
        page = admin_class or ModelAdmin
        super().register(model_or_iterable, type(page.__name__, (page, FoundByWords), {}), **options)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"lookup_text": ""}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("suche/", self.admin_view(require_safe(self.lookup)), name="lookup"),
            path("exporte/", self.admin_view(require_safe(self.exports)), name="exports"),
            path("exporte/<slug:key>.<slug:form>", self.admin_view(require_POST(self.export)), name="export"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        page = overview.page(_person(request), clock.now())
        has_exports = bool(exports.datasets(_person(request)))
        context = {"overview": page, "title": page.headline, "has_exports": has_exports}
        return super().index(request, context | (extra_context or {}))

    def lookup(self, request: HttpRequest) -> TemplateResponse:
        """Everything of any kind that the person may see and in which their words stand."""
        text = " ".join(lookup.words(request.GET.get("q", "")[:200]))
        context = self.each_context(request) | {
            "title": "Suche",
            "lookup_text": text,
            "is_enough": lookup.is_enough(text),
            "groups": lookup.find(_person(request), text),
        }
        return TemplateResponse(request, "admin/lookup.html", context)

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
