"""Seats, jurors, recusals and the journal of the jury in the admin. No points, here or on any page it leads to."""

from datetime import date
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts import second_factor
from accounts.forms import one_line
from accounts.models import User
from jury import permissions
from jury.actions import seats as verbs
from jury.models import Juror, JuryEvent, Recusal, Seat
from landespreis import clock, wording
from submissions.admin.confirm import Question, ReasonForm, ask
from submissions.admin.readonly import Done, FoundByNumber, NoChanges, ReadOnlyInline

Verb = JuryEvent.Verb
TOLD = {"name": "Name", "email": "Adresse", "reason": "Grund", "hours": "Stunden vorher", "wording": "Fassung"}
"""What of a journal line's detail the admin shows …"""
TOLD_OF = frozenset(
    {Verb.NAMED, Verb.INVITED, Verb.ENDED, Verb.NOTICE_ACCEPTED, Verb.REMINDED, Verb.RECUSAL_TAKEN_BACK}
)
"""… and of which lines: details of all others may hold points, also in the words of a reason."""
SUCCESSOR = (
    "Die Nachfolge übernimmt die Bewertungen des Sitzes, muss sich aber bei jeder Einreichung selbst zur Befangenheit "
    "erklären. Befangenheiten gelten je Person und gehen nicht über."
)
TAKEN_BACK = (
    "Die Person sieht die Einreichung wieder und kann sie bewerten. Eine Bewertung, die durch die Befangenheit "
    "weggefallen ist, lebt nicht wieder auf."
)


class NameForm(forms.Form):
    name = forms.CharField(label="Vor- und Nachname", max_length=120, validators=[one_line])
    email = forms.EmailField(
        label="E-Mail-Adresse", max_length=254, help_text="Dorthin geht die Einladung; damit meldet sich die Person an."
    )
    since = forms.DateField(label="Im Amt ab", widget=AdminDateWidget)


class JurorInline(ReadOnlyInline):
    model = Juror
    fields = readonly_fields = ("name", "email", "since", "until", "invited_at", "confirmed_at", "notice_accepted_at")
    verbose_name_plural = "Personen auf diesem Sitz"


@admin.register(Seat)
class SeatAdmin(admin.ModelAdmin[Seat]):
    """The seats of a round; who sits there is changed by buttons, each asks once more."""

    list_display = ("institution", "letter_shown", "is_chair", "person", "state", "round")
    list_filter = ("round",)
    search_fields = ("institution", "short_name", "jurors__name", "jurors__email")
    search_help_text = "Institution oder Person"
    list_select_related = ("round",)
    fields = ("round", "institution", "short_name", "key", "position", "is_chair", "person", "state")
    readonly_fields = ("person", "state")
    inlines = (JurorInline,)
    change_form_template = "admin/row.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Seat]":
        factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=second_factor.FACTORS)
        serving = Juror.objects.serving().annotate(has_factor=Exists(factors))
        rows: QuerySet[Seat] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("jurors", serving, to_attr="serving"))

    def get_readonly_fields(self, request: HttpRequest, obj: Seat | None = None) -> tuple[str, ...]:
        kept: tuple[str, ...] = ("person", "state")
        return (*kept, "round", "key") if obj else kept

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/benennen/", wrap(self.name), name="jury_seat_name"),
            path("<int:pk>/einladen/", wrap(self.invite), name="jury_seat_invite"),
            path("<int:pk>/beenden/", wrap(self.end), name="jury_seat_end"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        seat = self.get_object(request, object_id)
        buttons = _buttons(seat) if seat and permissions.may_run(_person(request)) else []
        return super().change_view(request, object_id, form_url, {"buttons": buttons, **(extra_context or {})})

    def name(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Name the first person of a seat, or a successor."""
        seat, juror = self._find(request, pk)
        if juror is None:
            sentences = ["Die Person ist dann benannt. Die Einladung senden Sie danach mit einem eigenen Schritt."]
        else:
            sentences = [
                f"Das Amt von {juror.name} endet in diesem Augenblick"
                + (" mit einer E-Mail." if juror.invited_at else "; eingeladen war die Person noch nicht."),
                SUCCESSOR,
                "Die Einladung senden Sie danach mit einem eigenen Schritt.",
            ]
        return ask(
            self,
            request,
            Question(
                title="Nachfolge benennen" if juror else "Jurymitglied benennen",
                about=seat.institution,
                sentences=sentences,
                button="Benennen",
                back=_page(seat),
                done="Die Person ist benannt. Laden Sie sie jetzt ein.",
                verb=partial(verbs.name, seat, by=_person(request)),
                form=NameForm,
                initial={"since": _today()},
            ),
        )

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the invitation, or a new one."""
        seat, juror = self._find(request, pk)
        if juror is None:
            raise PermissionDenied
        days = verbs.VALID.days
        sentences = [
            f"{juror.name} erhält an {juror.email} eine E-Mail mit einem persönlichen Link. Er gilt {days} Tage."
        ]
        if juror.invited_at:
            sentences.append("Der Link aus der früheren Einladung gilt dann nicht mehr.")
        return ask(
            self,
            request,
            Question(
                title="Erneut einladen" if juror.invited_at else "Einladen",
                about=seat.institution,
                sentences=sentences,
                button="Einladung senden",
                back=_page(seat),
                done=f"Die Einladung an {juror.email} ist unterwegs.",
                verb=partial(verbs.invite, juror, by=_person(request)),
            ),
        )

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End somebody's service without a successor."""
        seat, juror = self._find(request, pk)
        if juror is None:
            raise PermissionDenied
        return ask(
            self,
            request,
            Question(
                title="Amt beenden",
                about=seat.institution,
                sentences=[
                    f"{juror.name} sieht die Seiten der Jury von diesem Augenblick an nicht mehr"
                    + (" und erhält eine E-Mail." if juror.invited_at else "."),
                    "Die Bewertungen des Sitzes bleiben. Der Sitz ist unbesetzt, bis Sie eine Nachfolge benennen.",
                ],
                button="Amt beenden",
                back=_page(seat),
                done=f"Das Amt von {juror.name} ist beendet.",
                verb=partial(verbs.end, juror, by=_person(request)),
            ),
        )

    def _find(self, request: HttpRequest, pk: int) -> tuple[Seat, Juror | None]:
        if not permissions.may_run(_person(request)):
            raise PermissionDenied
        seat = get_object_or_404(self.get_queryset(request).select_related("round"), pk=pk)
        return seat, _serving(seat)

    @admin.display(description="im Bild")
    def letter_shown(self, seat: Seat) -> str:
        return seat.letter

    @admin.display(description="Person")
    def person(self, seat: Seat) -> str:
        juror = _serving(seat)
        return f"{juror.name} ({juror.email})" if juror else "niemand"

    @admin.display(description="Stand")
    def state(self, seat: Seat) -> str:
        return _state(_serving(seat))


@admin.register(Recusal)
class RecusalAdmin(FoundByNumber, NoChanges, admin.ModelAdmin[Recusal]):
    """Recusals with their reason; a button takes one back."""

    to_entry = "submission__"
    list_display = ("juror", "entry", "reason", "at", "standing")
    list_filter = ("submission__round", "reason", ("taken_back_at", Done))
    list_select_related = ("juror__seat", "submission__round")
    search_fields = ("juror__name", "submission__submitted_title", "submission__submitted_lead__label")
    search_help_text = "Nummer, Titel, Kommune oder Jurymitglied"
    fields = (
        "juror",
        "entry",
        "reason",
        "text",
        "at",
        "standing",
        "taken_back_at",
        "taken_back_by",
        "taken_back_reason",
    )
    readonly_fields = ("entry", "standing")
    change_form_template = "admin/jury/recusal.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.take_back)
        return [path("<int:pk>/aufheben/", view, name="jury_recusal_take_back"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may = bool(row and row.taken_back_at is None and permissions.may_run(_person(request)))
        extra = {"may_take_back": may, "show_close": True}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def take_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, and take the recusal back."""
        if not permissions.may_run(_person(request)):
            raise PermissionDenied
        row = get_object_or_404(Recusal.objects.select_related("juror__seat", "submission__round"), pk=pk)
        question = Question(
            title="Befangenheit aufheben",
            about=f"{row.juror}, {row.submission.label}",
            sentences=[
                TAKEN_BACK,
                "Die Person erhält eine E-Mail mit dem Grund. Erklärung und Aufhebung stehen in der Niederschrift.",
            ],
            button="Befangenheit aufheben",
            back=reverse("admin:jury_recusal_change", args=[row.pk]),
            done="Die Befangenheit ist aufgehoben.",
            verb=partial(verbs.take_back_recusal, row, by=_person(request)),
            form=ReasonForm,
        )
        return ask(self, request, question)

    @admin.display(description="Einreichung", ordering="submission__number")
    def entry(self, row: Recusal) -> str:
        return f"{row.submission.label} {row.submission.submitted_title}"

    @admin.display(description="gilt", boolean=True)
    def standing(self, row: Recusal) -> bool:
        return row.taken_back_at is None


@admin.register(JuryEvent)
class JuryEventAdmin(NoChanges, admin.ModelAdmin[JuryEvent]):
    list_display = ("at", "verb", "seat", "category", "submission", "by", "details")
    list_filter = ("verb", "round", "seat", "category")
    linked = ("submission",)
    list_select_related = ("seat", "category", "submission__round", "by")
    date_hierarchy = "at"
    fields = ("at", "verb", "round", "seat", "category", "submission", "by", "details")
    readonly_fields = ("details",)

    @admin.display(description="Einzelheiten")
    def details(self, row: JuryEvent) -> str:
        if row.verb not in TOLD_OF:
            return ""
        return ", ".join(f"{label}: {row.detail[key]}" for key, label in TOLD.items() if row.detail.get(key))


def _serving(seat: Seat) -> Any:
    """Return who serves there, prefetched by `SeatAdmin.get_queryset`, or None."""
    found: list[Juror] = getattr(seat, "serving", [])
    return found[0] if found else None


def _state(juror: Any) -> str:
    """Return how far somebody is on their way into the jury."""
    if juror is None:
        return "unbesetzt"
    if juror.user_id is None:
        if juror.invited_at is None:
            return "benannt, noch nicht eingeladen"
        expired = ", Link abgelaufen" if verbs.is_expired(juror, clock.now()) else ""
        return f"eingeladen am {wording.moment_short(juror.invited_at)}{expired}"
    if not juror.has_factor:
        return "zugesagt, zweiter Faktor fehlt"
    if juror.notice_accepted_at is None:
        return "zugesagt, zweiter Faktor eingerichtet, Hinweise noch nicht angenommen"
    return f"bereit, Hinweise angenommen am {wording.moment_short(juror.notice_accepted_at)}"


def _buttons(seat: Seat) -> list[tuple[str, str]]:
    """Return title and address of what can be done with the seat now."""
    juror = _serving(seat)

    def button(title: str, view: str) -> tuple[str, str]:
        return title, reverse(f"admin:jury_seat_{view}", args=[seat.pk])

    if juror is None:
        return [button("Jurymitglied benennen", "name")]
    invite = [] if juror.user_id else [button("Erneut einladen" if juror.invited_at else "Einladen", "invite")]
    return [*invite, button("Nachfolge benennen", "name"), button("Amt beenden", "end")]


def _page(seat: Seat) -> str:
    return reverse("admin:jury_seat_change", args=[seat.pk])


def _today() -> date:
    return clock.now().astimezone(clock.BERLIN).date()


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
