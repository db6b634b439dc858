"""Rounds in the admin: data that staff change without a developer, and the way from one round to the next."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from landespreis import clock, readiness, wording
from submissions import permissions
from submissions.actions import rounds
from submissions.admin.confirm import Question as Ask
from submissions.admin.confirm import ask
from submissions.admin.round_rows import CategoryInline, CriterionInline, QuestionInline
from submissions.forms.rounds import CopyForm, RoundForm, suggested
from submissions.models import Round
from submissions.views import preview

PREPARING = "in Vorbereitung"
FIELDSETS: Any = (
    (None, {"fields": ("name", "key", "number_prefix", "last_number")}),
    (
        "Zeiten",
        {
            "fields": ("opens_at", "closes_at", "reminder_hours", "ceremony_on", "embargo_until"),
            "description": (
                "Alle Uhrzeiten sind Ortszeit in Nordrhein-Westfalen. Solange die Runde in Vorbereitung ist, dürfen "
                "die Zeiten leer sein."
            ),
        },
    ),
    ("Bedingungen", {"fields": ("contract_after", "proof_required", "prize", "four_eyes")}),
    ("Formular", {"fields": ("max_abstract", "max_files", "max_file_megabytes")}),
    (
        "Bewertung durch die Jury",
        {
            "fields": (
                ("scoring_opens_at", "scoring_closes_at"),
                "scoring_reminder_hours",
                "session_at",
                "quorum",
                ("scale_min", "scale_max"),
            ),
            "description": (
                "Die Bewertung beginnt nach Einreichungsschluss und formaler Prüfung. Der Bewertungsschluss "
                "erinnert nur; die Bewertung endet mit der Eröffnung der Sitzung. Skala, Kriterien und Gewichte "
                "sind öffentlich und stehen ab der ersten abgeschlossenen Bewertung fest."
            ),
        },
    ),
)


@admin.register(Round)
class RoundAdmin(admin.ModelAdmin[Round]):
    form = RoundForm
    list_display = ("name", "phase", "opens", "closes", "ceremony", "last_number")
    search_fields = ("name", "key", "number_prefix")
    search_help_text = "Name, Kürzel oder Anfang der Nummern"
    readonly_fields = ("last_number",)
    inlines = (CategoryInline, CriterionInline, QuestionInline)
    fieldsets = FIELDSETS
    change_form_template = "admin/submissions/round.html"

    def get_ordering(self, request: HttpRequest) -> Any:
        """Those in preparation first."""
        return [F("announced_at").asc(nulls_first=True), F("opens_at").desc(nulls_first=True), "-pk"]

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "naechste": (self.copy, "copy"),
            "pruefen": (self.check_readiness, "readiness"),
            "formular": (self.preview_form, "preview"),
            "bekanntmachen": (self.announce, "announce"),
            "zuruecknehmen": (self.unannounce, "unannounce"),
            "verwerfen": (self.discard, "discard"),
        }
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{way}/", wrap(view), name=f"submissions_round_{name}")
            for way, (view, name) in pages.items()
        ]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A round in preparation is discarded by its button, any other stays."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        round = Round.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        may = permissions.may_prepare(_person(request))
        extra = {"standing": _standing(round) if round else "", "buttons": _buttons(round, may=may) if round else []}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Round, form: Any, change: bool) -> None:
        """Write only what was changed: the number that submits count up has moved on since the form was read."""
        form.state_before = rounds.state(obj) if change else None
        obj.save(update_fields=form.changed_data if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the rows, and journal what is different now, in the transaction of all of it."""
        super().save_related(request, form, formsets, change)
        rounds.note_changes(form.instance, form.state_before, by=_person(request))

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Prepare the next round."""
        round = _find(request, pk)
        question = Ask(
            title="Nächste Runde anlegen",
            about=round.name,
            sentences=[
                (
                    "Die neue Runde übernimmt Kategorien, Kriterien, Fragen, Grenzen, Preisgeld, Erinnerungen und die "
                    "Sitze der Jury ohne Personen. Die Zeiten bleiben leer."
                ),
                (
                    "Sie ist zunächst in Vorbereitung: Außer der Geschäftsstelle erfährt niemand von ihr. Ändern "
                    "können Sie alles, bis Sie sie bekannt machen."
                ),
            ],
            button="Runde anlegen",
            back=_page(round),
            done="Die neue Runde ist angelegt. Tragen Sie jetzt ihre Zeiten ein.",
            verb=partial(rounds.copy, round, by=_person(request)),
            form=CopyForm,
            initial=suggested(round),
            after=_page,
        )
        return ask(self, request, question)

    def check_readiness(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what is missing before the round can be announced."""
        round = _find(request, pk)
        points = readiness.points(round, _person(request), clock.now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Kann geöffnet werden?",
            "round": round,
            "page": _page(round),
            "points": sorted(points, key=lambda point: list(readiness.State).index(point.state) != 1),
            "missing": len(readiness.missing(points)),
            "announce": "" if round.is_announced else _way("announce", round),
        }
        return TemplateResponse(request, "admin/submissions/readiness.html", context)

    def preview_form(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form as the people of an entry will see it."""
        round = get_object_or_404(Round, pk=pk)
        if not self.has_view_permission(request, round):
            raise PermissionDenied
        return preview.form(request, round, back=_page(round))

    def announce(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more; while something is missing, show that instead."""
        round = _find(request, pk)
        if request.method != "POST" and readiness.missing(readiness.points(round, _person(request), clock.now())):
            return redirect(_way("readiness", round))
        sentences = ["Startseite und Seite des Landespreises zeigen danach diese Runde. Sie ist öffentlich."]
        if not round.lacks("opens_at", "closes_at"):
            sentences.append(
                f"Die Einreichung öffnet von selbst: {wording.opening(round.opens_at)}. "
                f"Einreichungsschluss: {wording.deadline(round.closes_at)}."
            )
        sentences.append("Zurücknehmen können Sie die Bekanntmachung, bis die Einreichung öffnet.")
        question = Ask(
            title="Bekannt machen",
            about=round.name,
            sentences=sentences,
            button="Bekannt machen",
            back=_page(round),
            done="Die Runde ist bekannt gemacht.",
            verb=partial(rounds.announce, round, by=_person(request)),
        )
        return ask(self, request, question)

    def unannounce(self, request: HttpRequest, pk: int) -> HttpResponse:
        round = _find(request, pk)
        question = Ask(
            title="Bekanntmachung zurücknehmen",
            about=round.name,
            sentences=[
                "Die Runde ist danach wieder in Vorbereitung, und die öffentlichen Seiten zeigen wieder die vorige.",
                "Wer sie schon gelesen hat, weiß von ihr. Informieren Sie die Öffentlichkeit, etwa unter „Aktuelles“.",
            ],
            button="Bekanntmachung zurücknehmen",
            back=_page(round),
            done="Die Runde ist wieder in Vorbereitung.",
            verb=partial(rounds.unannounce, round, by=_person(request)),
        )
        return ask(self, request, question)

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        round = _find(request, pk)
        question = Ask(
            title="Vorbereitung verwerfen",
            about=round.name,
            sentences=[
                "Die Runde wird mit Kategorien, Kriterien, Fragen und Sitzen gelöscht.",
                "Das lässt sich nicht rückgängig machen.",
            ],
            button="Runde verwerfen",
            back=_page(round),
            done=f"„{round}“ ist verworfen.",
            verb=partial(rounds.discard, round, by=_person(request)),
            after=lambda _: reverse("admin:submissions_round_changelist"),
        )
        return ask(self, request, question)

    @admin.display(description="Phase")
    def phase(self, row: Round) -> str:
        return row.phase(clock.now()).label if row.is_announced else PREPARING

    @admin.display(description="Einreichung ab", ordering="opens_at")
    def opens(self, row: Round) -> str:
        return "–" if row.lacks("opens_at") else wording.opening(row.opens_at)

    @admin.display(description="Einreichungsschluss", ordering="closes_at")
    def closes(self, row: Round) -> str:
        return "–" if row.lacks("closes_at") else wording.deadline(row.closes_at)

    @admin.display(description="Preisverleihung am", ordering="ceremony_on")
    def ceremony(self, row: Round) -> str:
        return "–" if row.lacks("ceremony_on") else wording.day(row.ceremony_on)


def _standing(round: Round) -> str:
    """Return in a sentence or two where the round stands and what that means for changes."""
    now = clock.now()
    if not round.is_announced:
        return "In Vorbereitung: Außer der Geschäftsstelle weiß niemand von dieser Runde. Alles lässt sich ändern."
    phase = round.phase(now)
    if phase is Round.Phase.ANNOUNCED:
        rest = wording.stretch(round.opens_at - now)
        return f"Bekannt gemacht. Die Einreichung öffnet in {rest}: {wording.opening(round.opens_at)}."
    if phase is Round.Phase.OPEN:
        rest = wording.remaining(round.closes_at - now)
        return (
            f"Die Einreichung ist offen, noch {rest}: bis {wording.deadline(round.closes_at)}. Was begonnene "
            "Einreichungen unbrauchbar machen würde, lässt sich nicht mehr ändern; die Seite sagt dann, warum."
        )
    return f"Die Einreichung ist geschlossen. Phase: {phase.label}."


def _buttons(round: Round, *, may: bool) -> list[tuple[str, str]]:
    """Return title and address of what can be done with the round now."""
    look = [
        ("Vorschau des Formulars", _way("preview", round)),
        ("Vorschau der öffentlichen Seite", reverse("admin:portal_round_preview", args=[round.pk])),
    ]
    if not may:
        return look
    check = ("Kann geöffnet werden?", _way("readiness", round))
    if not round.is_announced:
        last = [("Bekannt machen", _way("announce", round)), ("Verwerfen", _way("discard", round))]
        return [check, *look, *last]
    following = ("Nächste Runde anlegen", _way("copy", round))
    if clock.now() < round.opens_at:
        return [check, *look, ("Bekanntmachung zurücknehmen", _way("unannounce", round)), following]
    return [*look, following]


def _find(request: HttpRequest, pk: int) -> Round:
    if not permissions.may_prepare(_person(request)):
        raise PermissionDenied
    return get_object_or_404(Round, pk=pk)


def _way(name: str, round: Round) -> str:
    return reverse(f"admin:submissions_round_{name}", args=[round.pk])


def _page(round: Round) -> str:
    return reverse("admin:submissions_round_change", args=[round.pk])


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
