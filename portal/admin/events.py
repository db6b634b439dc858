"""Dates in the admin: the form, moving and cancelling, who comes, what they ask, and their list as a table."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from landespreis import clock, journal, tables, wording
from portal.actions import events as verbs
from portal.admin.frame import OneByOne, person
from portal.forms.events import CancelForm, EventForm, MoveForm
from portal.models import Event, FormerEventAddress, Registration
from portal.seating import Seating
from submissions.admin.confirm import Question, ask

HEAD = ("Name", "E-Mail-Adresse", "Kommune oder Einrichtung", "Stand", "bestätigt am", "Frage vorab")
Status = Registration.Status
ORDER = (Status.CONFIRMED, Status.WAITING, Status.PENDING, Status.CANCELLED)


class FormerEventAddressInline(admin.TabularInline[FormerEventAddress, Any]):
    model = FormerEventAddress
    extra = 0
    readonly_fields = ("slug",)

    def has_add_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(OneByOne, admin.ModelAdmin[Event]):
    form = EventForm
    list_display = ("title", "kind", "starts_at", "state", "places")
    list_filter = ("kind", "starts_at", "registration")
    search_fields = ("title", "lead", "body", "place")
    search_help_text = "Titel, Text oder Ort"
    inlines = (FormerEventAddressInline,)
    change_form_template = "admin/portal/event.html"
    fieldsets = (
        (None, {"fields": ("title", "slug", "kind", "lead", "body", "picture")}),
        ("Zeit und Ort", {"fields": ("starts_at", "ends_at", "is_online", "place", "joining_link")}),
        (
            "Anmeldung",
            {"fields": ("registration", "capacity", "registration_until", "asks_questions", "keep_days")},
        ),
        ("Unterlagen", {"fields": ("downloads",)}),
        ("Veröffentlichung", {"fields": ("published_at",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/anmeldungen/", wrap(self.registrations), name="portal_event_registrations"),
            path("<int:pk>/anmeldungen.csv", wrap(require_POST(self.table)), name="portal_event_table"),
            path("<int:pk>/fragen/", wrap(self.questions), name="portal_event_questions"),
            path("<int:pk>/verlegen/", wrap(self.move), name="portal_event_move"),
            path("<int:pk>/absagen/", wrap(self.cancel), name="portal_event_cancel"),
            *super().get_urls(),
        ]

    def get_inlines(self, request: HttpRequest, obj: Event | None) -> list[Any]:
        return list(self.inlines) if obj and obj.former_addresses.exists() else []

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.registrations.exists())

    def save_model(self, request: HttpRequest, obj: Event, form: "ModelForm[Event]", change: bool) -> None:
        verbs.save(obj, downloads=form.cleaned_data["downloads"])

    def delete_model(self, request: HttpRequest, obj: Event) -> None:
        verbs.remove(obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        event = self.get_object(request, object_id)
        told: dict[str, Any] = {"buttons": [], "facts": []}
        if event and self.has_change_permission(request, event):
            told = {"buttons": _buttons(event), "facts": _facts(event)}
        return super().change_view(request, object_id, form_url, told | (extra_context or {}))

    @admin.display(description="Stand", ordering=F("published_at").desc(nulls_first=True))
    def state(self, event: Event) -> str:
        if event.cancelled_at:
            return "abgesagt"
        if event.published_at is None:
            return "Entwurf"
        now = clock.now()
        if not event.is_public(now):
            return f"erscheint {wording.moment_short(event.published_at)}"
        return "vorbei" if event.ends_at <= now else "angekündigt"

    @admin.display(description="Plätze")
    def places(self, event: Event) -> str:
        taken: int = event.taken  # type: ignore[attr-defined]
        return f"{taken} von {event.capacity}" if event.capacity is not None else str(taken)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Event]":
        rows: QuerySet[Event] = super().get_queryset(request)
        seated = Q(registrations__status=Status.CONFIRMED)
        return rows.annotate(taken=Count("registrations", filter=seated))

    def registrations(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who comes, who waits, who has not confirmed and who has withdrawn, with counts."""
        event = self._find(request, pk)
        rows = _sorted(event)
        groups = [(status.label, [row for row in rows if row.status == status]) for status in ORDER]
        return self._page(
            request, event, "registrations", "Anmeldungen", groups=[group for group in groups if group[1]]
        )

    def questions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The questions of those who come or wait, to read and to print."""
        event = self._find(request, pk)
        asked = event.registrations.told().exclude(question="").order_by("confirmed_at", "pk")
        return self._page(request, event, "questions", "Fragen vorab", asked=list(asked))

    def table(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The list as a table for spreadsheets; that it is taken is written down, so it goes with POST."""
        event = self._find(request, pk)
        about = f"Anmeldungen zu Termin {event.pk} (CSV)"
        journal.note(journal.Verb.EXPORTED, by=person(request), about=about, key="anmeldungen", form="csv")
        rows = ((*_cells(row), row.question) for row in _sorted(event))
        headers = {"Content-Disposition": f'attachment; filename="anmeldungen-{event.slug}.csv"'}
        content = "".join(tables.csv_lines(HEAD, rows))
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the new time, and tell everybody."""
        event = self._find(request, pk)
        question = Question(
            title="Verlegen",
            about=f"{event.title}, {event.when}",
            sentences=[
                _audience(event),
                "Plätze und Warteliste bleiben, wie sie sind. Mit der E-Mail kommt der neue Eintrag für den Kalender.",
                f"Anmelden konnte man sich bisher bis {wording.deadline(event.registration_ends_at)}.",
            ],
            button="Verlegen und alle benachrichtigen",
            back=_url("change", event),
            done="Der Termin ist verlegt. Die Benachrichtigungen sind unterwegs.",
            verb=partial(verbs.move, event, by=person(request)),
            form=MoveForm,
            initial={name: getattr(event, name) for name in ("starts_at", "ends_at")},
        )
        return ask(self, request, question)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, and tell everybody."""
        event = self._find(request, pk)
        question = Question(
            title="Absagen",
            about=f"{event.title}, {event.when}",
            sentences=[
                _audience(event),
                "Der Termin bleibt mit dem Hinweis auf der Website. Zurücknehmen lässt sich die Absage nicht.",
            ],
            button="Absagen und alle benachrichtigen",
            back=_url("change", event),
            done="Der Termin ist abgesagt. Die Benachrichtigungen sind unterwegs.",
            verb=partial(verbs.cancel, event, by=person(request)),
            form=CancelForm,
        )
        return ask(self, request, question)

    def _find(self, request: HttpRequest, pk: int) -> Event:
        if not self.has_change_permission(request) or not request.user.has_perm("portal.view_registration"):
            raise PermissionDenied
        return get_object_or_404(Event, pk=pk)

    def _page(self, request: HttpRequest, event: Event, name: str, title: str, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "event": event,
            "facts": _facts(event),
            "change_url": _url("change", event),
            **more,
        }
        return TemplateResponse(request, f"admin/portal/{name}.html", context)


def _sorted(event: Event) -> list[Registration]:
    """Return everybody: by status, then in the order in which places are given."""
    rows = event.registrations.order_by(F("confirmed_at").asc(nulls_last=True), "created_at", "pk")
    return sorted(rows, key=lambda row: ORDER.index(Status(row.status)))


def _cells(row: Registration) -> tuple[str, str, str, str, str]:
    confirmed = wording.moment_short(row.confirmed_at) if row.confirmed_at else ""
    return row.name, row.email, row.organisation, row.get_status_display(), confirmed


def _facts(event: Event) -> list[tuple[str, str]]:
    """Return the counts, and what the public reads of the places."""
    counts = dict.fromkeys(ORDER, 0)
    for status in event.registrations.values_list("status", flat=True):
        counts[Status(status)] += 1
    seats = str(counts[Status.CONFIRMED]) + (f" von {event.capacity}" if event.capacity is not None else "")
    found = Seating.of(event, counts[Status.CONFIRMED], clock.now())
    return [
        ("Termin", event.when),
        ("Plätze vergeben", seats),
        ("Warteliste", str(counts[Status.WAITING])),
        ("Noch nicht bestätigt", str(counts[Status.PENDING])),
        ("Abgemeldet", str(counts[Status.CANCELLED])),
        ("Öffentlich", found.short or found.why),
    ]


def _buttons(event: Event) -> list[tuple[str, str]]:
    now = clock.now()
    asked = event.registrations.told().exclude(question="").count()
    buttons = [
        (f"Anmeldungen ({event.registrations.told().count()})", _url("registrations", event)),
        (f"Fragen ({asked})", _url("questions", event)),
    ]
    if event.is_public(now) and not event.cancelled_at and now < event.ends_at:
        moves = [("Verlegen", _url("move", event))] if now < event.starts_at else []
        buttons += [*moves, ("Absagen", _url("cancel", event))]
    return buttons


def _audience(event: Event) -> str:
    people = event.registrations.told().count()
    if not people:
        return "Es ist noch niemand angemeldet. Die Öffentlichkeit sieht den Hinweis sofort."
    if people == 1:
        return "Eine Person ist angemeldet oder wartet. Sie erhält sofort eine E-Mail mit dem Hinweis."
    return f"{people} Personen sind angemeldet oder warten. Alle erhalten sofort eine E-Mail mit dem Hinweis."


def _url(name: str, event: Event) -> str:
    return reverse(f"admin:portal_event_{name}", args=[event.pk])
