"""The admin site: its first page is the overview, it hands out tables and parcels, and writes down what is changed."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST, require_safe

from landespreis import clock, exports, journal, overview, parcels
from landespreis.pickup import PickupSite


class Traced(ModelAdmin):  # type: ignore[type-arg]
    """Writes into the portal's journal whatever the admin logs: which row, and the names of the fields, never a text.

    Verbs write journal lines of their own; what the admin changes by itself is nowhere else than here.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        _trace(journal.Verb.ADMIN_ADDED, obj, request, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        _trace(journal.Verb.ADMIN_CHANGED, obj, request, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> Any:
        for obj in queryset:
            _trace(journal.Verb.ADMIN_DELETED, obj, request, None)
        return super().log_deletions(request, queryset)


class OfficeSite(PickupSite):
    index_title = "Überblick"
    index_template = "admin/overview.html"

    def register(
        self, model_or_iterable: Any, admin_class: "type[ModelAdmin[Any]] | None" = None, **options: Any
    ) -> None:
        """Register as the admin does, with every page `Traced`, so that none can be forgotten."""
        plain = admin_class or ModelAdmin
        traced = type(plain.__name__, (Traced, plain), {"__module__": plain.__module__, "__doc__": plain.__doc__})
        super().register(model_or_iterable, traced, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("exporte/", self.admin_view(require_safe(self.exports)), name="exports"),
            path("exporte/<slug:key>.<slug:form>", self.admin_view(require_POST(self.export)), name="export"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        page = overview.page(_person(request), clock.now())
        has_exports = bool(exports.datasets(_person(request)) or parcels.offers(_person(request)))
        context = {"overview": page, "title": page.headline, "has_exports": has_exports}
        return super().index(request, context | (extra_context or {}))

    def exports(self, request: HttpRequest) -> TemplateResponse:
        """Every table that the person may take, with a button for each form, and every parcel they can ask for."""
        context = self.each_context(request) | {
            "title": "Exporte",
            "datasets": exports.datasets(_person(request)).values(),
            "forms": exports.FORMS.items(),
            "offers": parcels.offers(_person(request)).values(),
        }
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


def _trace(verb: journal.Verb, obj: Model, request: HttpRequest, message: Any) -> None:
    opts = obj._meta
    assert isinstance(request.user, AbstractBaseUser)
    journal.note(
        verb,
        by=request.user,
        about=f"{opts.verbose_name} {obj.pk}",
        model=opts.label_lower,
        key=str(obj.pk),
        fields=sorted(set(_fields(message))),
    )


def _fields(message: Any) -> Iterable[str]:
    """Yield the names of what a log message says was changed, rows in a table of the page under their kind."""
    for part in message if isinstance(message, list) else ():
        for what in part.values():
            yield from (f"{what['name']}: {field}" if "name" in what else field for field in what.get("fields", ()))
            if "name" in what and "fields" not in what:
                yield str(what["name"])
