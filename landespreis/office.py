"""The admin site: its first page is the overview, it hands out tables and parcels, and writes down what is changed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.utils import unquote
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from landespreis import clock, exports, history, journal, lookup, overview, parcels
from landespreis.filtering import Filtered
from landespreis.handbook.site import HandbookSite
from landespreis.overtaking import NotOvertaken
from landespreis.pickup import PickupSite
from landespreis.records import desk
from landespreis.records.permissions import may_disclose
from landespreis.watching import standing

NO_ROWS = "Ausgewählt war etwas, das es in dieser Liste nicht gibt. Geändert ist nichts; bitte wählen Sie noch einmal."
LINES = 100
"""Lines on a page of a row's history."""
NAMELESS = re.compile(r": \w+ object \(\d+\)$")
"""How Django names a row that has no name."""


class FoundByWords(ModelAdmin[Any]):
    """What every list searches with: the rules of the search over everything, so both find the same."""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        fields, words = self.get_search_fields(request), lookup.words(search_term)
        return (lookup.narrowed(queryset, list(fields), words) if fields and words else queryset), False


def _icon(value: bool | None) -> SafeString:
    """What the admin shows for yes and no, with the word for those who hear it; Django says it in English."""
    name, said = {True: ("yes", "ja"), False: ("no", "nein"), None: ("unknown", "unbekannt")}[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), said)


admin_list._boolean_icon = _icon  # type: ignore[attr-defined]  # it has neither a setting nor a template


class Named(ModelAdmin[Any]):
    """Heads every list with what it lists, and of what goes with a row names only what somebody knows by a name."""

    show_full_result_count = False  # counting the whole table again tells nobody anything

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        told, counts, *rest = super().get_deleted_objects(objs, request)
        links = {str(one._meta.verbose_name_plural) for one in _links(self.opts)}
        return _named(told), {name: count for name, count in counts.items() if name not in links}, *rest


class Chosen(ModelAdmin[Any]):
    """Does nothing with a choice of rows that no list offers; Django would fail where a key is no number at all."""

    def response_action(self, request: HttpRequest, queryset: "QuerySet[Any]", *where: Any, **more: Any) -> Any:
        if all(self._is_key(text) for text in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return super().response_action(request, queryset, *where, **more)
        self.message_user(request, NO_ROWS, messages.ERROR)
        return None

    def _is_key(self, text: str) -> bool:
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return True


class Traced(ModelAdmin[Any]):
    """Writes into the portal's journal whatever the admin logs: which row, and the names of the fields, never a text.

    Verbs write journal lines of their own; what the admin changes by itself is nowhere else than here. Django's log
    stays empty: it would keep the names of rows for good, also of people. The history page shows the journal.
    """

    object_history_template = "admin/history.html"

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        log_all(request, journal.Verb.ADMIN_ADDED, [obj], message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        if message:  # who saves without a change leaves nothing
            log_all(request, journal.Verb.ADMIN_CHANGED, [obj], message)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> Any:
        log_all(request, journal.Verb.ADMIN_DELETED, queryset, None)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        context = extra_context or {}
        if row is not None:
            page = Paginator(history.of(row), LINES).get_page(request.GET.get("seite"))
            told = [(line, history.details(line)) for line in page]
            context |= {
                "title": f"Verlauf: {row}",
                "page": page,
                "told": told,
                "beside": list(history.beside(row, _person(request))),
            }
        return super().history_view(request, object_id, context)


def log_all(request: HttpRequest, verb: journal.Verb, rows: Iterable[Model], message: Any) -> None:
    """Write a line as `Traced` does for each of `rows`; a `message` of words of ours is told with them."""
    assert isinstance(request.user, AbstractBaseUser)
    journal.note_each(verb, [_told(row, message) for row in rows], by=request.user)


class OfficeSite(HandbookSite, PickupSite):
    index_title = "Überblick"
    index_template = "admin/overview.html"

    def register(
        self, model_or_iterable: Any, admin_class: "type[ModelAdmin[Any]] | None" = None, **options: Any
    ) -> None:
        """Register as the admin does, with every page `Traced` and `NotOvertaken`, so that none can be forgotten.

        Lists search by `FoundByWords`, take filters as `Filtered`, are headed by `Named` and read a choice as `Chosen`,
        below what the class does itself.
        """
        page = admin_class or ModelAdmin
        named = {"__module__": page.__module__, "__doc__": page.__doc__}
        super().register(
            model_or_iterable,
            type(page.__name__, (Traced, NotOvertaken, page, FoundByWords, Filtered, Named, Chosen), named),
            **options,
        )

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request) | {"lookup_text": "", "running": None}
        if context["has_permission"]:
            context["running"] = standing.of_the_portal(_person(request))
        return context

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("suche/", self.admin_view(require_safe(self.lookup)), name="lookup"),
            path("exporte/", self.admin_view(require_safe(self.exports)), name="exports"),
            path("auskunft/", self.admin_view(desk.person), name="person"),
            path("exporte/<slug:key>.<slug:form>", self.admin_view(require_POST(self.export)), name="export"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        page = overview.page(_person(request), clock.now())
        has_exports = bool(exports.datasets(_person(request)) or parcels.offers(_person(request)))
        context = {"overview": page, "title": page.headline, "has_exports": has_exports}
        context["may_disclose"] = may_disclose(_person(request))
        return super().index(request, context | (extra_context or {}))

    def password_change(  # type: ignore[override]  # the stubs know only Django's page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Staff change their password where all do: a mail tells them, and the journal has a line."""
        return redirect("account_change_password")

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


def _links(opts: Any) -> Iterator[type[Model]]:
    """Yield the tables that only join rows of this model with others."""
    fields = [*opts.many_to_many, *(one.field for one in opts.related_objects if one.many_to_many)]
    yield from (field.remote_field.through for field in fields if field.remote_field.through._meta.auto_created)


def _named(told: Sequence[Any]) -> list[Any]:
    """Leave out rows that have no name of their own: those of tables that only join others."""
    return [_named(one) if isinstance(one, list) else one for one in told if not NAMELESS.search(str(one))]


def _person(request: HttpRequest) -> PermissionsMixin:
    assert isinstance(request.user, PermissionsMixin)  # the site lets nobody else in
    return request.user


def _told(obj: Model, message: Any) -> tuple[str, dict[str, Any]]:
    opts = obj._meta
    detail = {"model": opts.label_lower, "key": str(obj.pk), "fields": sorted(set(_fields(message)))}
    return f"{opts.verbose_name} {obj.pk}", detail | ({"said": message} if isinstance(message, str) else {})


def _fields(message: Any) -> Iterable[str]:
    """Yield the names of what a log message says was changed, rows in a table of the page under their kind."""
    for part in message if isinstance(message, list) else ():
        for what in part.values():
            yield from (f"{what['name']}: {field}" if "name" in what else field for field in what.get("fields", ()))
            if "name" in what and "fields" not in what:
                yield str(what["name"])
