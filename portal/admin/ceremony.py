"""The page "Preisverleihung" in the admin: what is decided, printed and written, and the act that makes it public."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from jury import parcels as prints
from jury.admin import progress
from jury.models import Letter
from landespreis import clock, packing
from landespreis.confirm import Question, ask
from landespreis.refusal import Refused
from portal import ceremony, permissions, richtext
from portal.actions import announcing
from portal.admin.frame import person
from portal.ceremony import Award
from portal.forms.announcing import AnnouncementForm
from portal.models import Announcement
from submissions.admin.readonly import NoChanges
from submissions.models import Round

HOME = "admin:portal_announcement_changelist"
Page = Callable[..., HttpResponse]


def round_page(view: Page) -> Page:
    """Let the Geschäftsstelle in, and give the view its round instead of the key."""

    @wraps(view)
    def guarded(self: "CeremonyAdmin", request: HttpRequest, pk: int) -> HttpResponse:
        if not permissions.may_announce(person(request)):
            raise PermissionDenied
        return view(self, request, get_object_or_404(Round.objects.announced(), pk=pk))

    return guarded


@admin.register(Announcement)
class CeremonyAdmin(NoChanges, admin.ModelAdmin[Announcement]):
    """Not a list of rows: everything about the ceremony of one round."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_announce(person(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/", guarded(self.overview), name="portal_ceremony"),
            path("<int:pk>/veroeffentlichen/", guarded(self.announce), name="portal_announce"),
            path("<int:pk>/zuruecknehmen/", guarded(self.recall), name="portal_announce_recall"),
            path("<int:pk>/drucken/", guarded(require_POST(self.print_all)), name="portal_ceremony_print"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The ceremony of the current round."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        round = Round.objects.current()
        if round is None:
            return self._page(request, "ceremony", "Preisverleihung", round=None)
        return self._overview(request, round)

    @round_page
    def overview(self, request: HttpRequest, round: Round) -> HttpResponse:
        """The ceremony of one round."""
        return self._overview(request, round)

    @round_page
    def announce(self, request: HttpRequest, round: Round) -> HttpResponse:
        """Show what will be public and the news about it, which can be changed here; after the button, order it."""
        rows, now = ceremony.awards(round), clock.now()
        form = AnnouncementForm(request.POST or None, initial=_initial(round, rows))
        if request.method == "POST" and form.is_valid() and "confirmed" in request.POST:
            try:
                announcing.order(
                    round, words=form.words, category=form.cleaned_data["category"],
                    with_letters=form.cleaned_data["with_letters"], by=person(request),
                )  # fmt: skip
            except Refused as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            else:
                self.message_user(request, _ordered(now < round.embargo_until))
                return redirect("admin:portal_ceremony", round.pk)
        context = {
            "round": round,
            "form": form,
            "media": form.media,
            "preview": _preview(form),
            "is_previewed": "preview" in request.POST,
            "is_early": now < round.embargo_until,
            "undecided": ceremony.undecided(round),
            "winners": [row for row in rows if row.winner],
            "letters": Letter.objects.filter(submission__round=round, released_at=None).count(),
        }
        return self._page(request, "announce", "Preisträger veröffentlichen", **context)

    @round_page
    def recall(self, request: HttpRequest, round: Round) -> HttpResponse:
        """Ask once more, and take the order back."""
        question = Question(
            title="Veröffentlichung zurücknehmen",
            about=round.name,
            sentences=[
                (
                    "Am Ende der Sperrfrist veröffentlicht das Portal dann nichts von selbst: weder Preisträger und "
                    "Meldung noch die Projekte, und Briefe gehen nicht hinaus."
                ),
                "Ihr Text bleibt für das nächste Mal stehen. Vormerken lässt es sich jederzeit wieder.",
            ],
            button="Veröffentlichung zurücknehmen",
            back=reverse("admin:portal_ceremony", args=[round.pk]),
            done="Zurückgenommen. Ihr Text bleibt für das nächste Mal stehen.",
            verb=lambda: announcing.recall(round, by=person(request)),
        )
        return ask(self, request, question)

    @round_page
    def print_all(self, request: HttpRequest, round: Round) -> HttpResponse:
        """Let the worker bind all certificates and all letters."""
        title, params = prints.called(round), {"round": round.pk}
        return redirect(packing.owe(prints.KIND, title=title, params=params, by=person(request)))

    def _overview(self, request: HttpRequest, round: Round) -> HttpResponse:
        now, rows = clock.now(), ceremony.awards(round)
        states = {line.category.pk: line.state for line in progress.overview(round, now).lines}
        announcement = Announcement.objects.filter(round=round).select_related("ordered_by", "news").first()
        context = {
            "round": round,
            "rows": [(row, states[row.category.pk]) for row in rows],
            "lacks": list(ceremony.lacks(round, rows, announcement, now)),
            "announcement": announcement,
            "remaining": round.embargo_until - now if now < round.embargo_until else None,
            "is_decided": not ceremony.undecided(round) and any(row.decision for row in rows),
            "letters": _letters(round),
            "others": Round.objects.announced().exclude(pk=round.pk).order_by("-opens_at"),
        }
        part = request.headers.get("HX-Request") == "true"
        return self._page(request, "_ceremony_state" if part else "ceremony", "Preisverleihung", **context)

    def _page(self, request: HttpRequest, template: str, title: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}
        return TemplateResponse(request, f"admin/portal/{template}.html", context)


def _initial(round: Round, rows: list[Award]) -> dict[str, Any]:
    """Return what was written before, or what the portal would write."""
    before = Announcement.objects.filter(round=round).first()
    if before:
        return {name: getattr(before, name) for name in ("title", "lead", "body", "category", "with_letters")}
    words = ceremony.draft(round, rows)
    return {"title": words.title, "lead": words.lead, "body": words.body}


def _preview(form: AnnouncementForm) -> SafeString:
    """Return the text as it will be shown; what cannot be shown says the form."""
    return mark_safe(richtext.render(form["body"].value() or "").html)  # noqa: S308  # sanitised


def _letters(round: Round) -> dict[str, int]:
    rows = list(Letter.objects.filter(submission__round=round).values_list("released_at", flat=True))
    return {"all": len(rows), "released": sum(moment is not None for moment in rows)}


def _ordered(is_early: bool) -> str:
    if is_early:
        return "Vorgemerkt: Die Preisträger werden veröffentlicht, sobald die Sperrfrist endet."
    return "Die Preisträger werden jetzt veröffentlicht; das dauert einige Sekunden."
