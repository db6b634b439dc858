"""Progress of scoring, Sessions and decisions in the admin: who is how far, opening, attendance, confirming.

No page here shows a point before the decision is locked, but the one that tells the journal so.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from jury import permissions, standings
from jury.actions import deciding, sessions
from jury.admin import progress
from jury.forms.session import ConfirmForm
from jury.models import Decision, Juror, Session
from jury.views import ranking
from landespreis import clock
from landespreis.refusal import Refused
from submissions.admin.readonly import NoChanges
from submissions.models import Category, Round

Page = Callable[..., HttpResponse]
HOME = "admin:jury_session_changelist"
CATEGORY = "admin:jury_session_category"


class AttendanceForm(forms.Form):
    present = forms.ModelMultipleChoiceField(
        label="Anwesend",
        queryset=Juror.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Bitte kreuzen Sie an, wer an der Sitzung teilnimmt."},
    )

    def __init__(self, category: Category, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["present"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = (
            Juror.objects.confirmed()
            .filter(seat__round=category.round_id)
            .select_related("seat")
            .order_by("seat__position")
        )


def category_page(view: Page) -> Page:
    """Let the Geschäftsstelle in, and give the view its category instead of the key."""

    @wraps(view)
    def guarded(self: "SessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        if not permissions.may_run(request.user):
            raise PermissionDenied
        return view(self, request, get_object_or_404(Category.objects.select_related("round"), pk=pk))

    return guarded


@admin.register(Session)
class SessionAdmin(NoChanges, admin.ModelAdmin[Session]):
    """Not a list of rows: the categories of the round, whether their Session is open or not."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return isinstance(request.user, User) and permissions.may_run(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("", self.category, "category"),
            ("eroeffnen/", self.open_session, "open"),
            ("anwesenheit/", self.attendance, "attendance"),
            ("bestaetigen/", self.confirm, "confirm"),
            ("punkte/", self.points, "points"),
        )
        view = self.admin_site.admin_view
        own = [path(f"kategorie/<int:pk>/{end}", view(page), name=f"jury_session_{name}") for end, page, name in pages]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Every category of the round: how far each seat is, and what comes next."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        round = Round.objects.current()
        overview = progress.overview(round, clock.now()) if round else None
        return self._page(request, "overview", "Bewertung und Sitzungen", round=round, overview=overview)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(CATEGORY, get_object_or_404(Session, pk=object_id).category_id)

    @category_page
    def category(self, request: HttpRequest, category: Category) -> HttpResponse:
        """The entries of a category against the seats, the Session and its decision."""
        shown = progress.detail(category, clock.now())
        early = isinstance(request.user, User) and permissions.may_see_points_early(request.user)
        return self._page(request, "category", str(category), category=category, shown=shown, early=early)

    @category_page
    def open_session(self, request: HttpRequest, category: Category) -> HttpResponse:
        """Say what opening means or what is missing, ask who is there, and open."""
        shown = progress.detail(category, clock.now())
        form = AttendanceForm(category, _sent(request))  # nobody is there before somebody says so

        def open_it() -> None:
            sessions.open(category, by=_person(request), present=list(form.cleaned_data["present"]))

        done = f"Die Sitzung „{category.short_name}“ ist eröffnet. Die Jury sieht jetzt alle Punkte."
        if request.method == "POST" and form.is_valid() and self._done(request, open_it, done):
            return redirect(CATEGORY, category.pk)
        return self._page(request, "open", "Sitzung eröffnen", category=category, shown=shown, form=form)

    @category_page
    def attendance(self, request: HttpRequest, category: Category) -> HttpResponse:
        """Ask who takes part, in place of what was noted."""
        session = get_object_or_404(Session.objects.select_related("category__round"), category=category)
        known = list(session.attendances.values_list("juror", flat=True))
        form = AttendanceForm(category, _sent(request), initial={"present": known})

        def note() -> None:
            sessions.set_attendance(session, by=_person(request), present=list(form.cleaned_data["present"]))

        if request.method == "POST" and form.is_valid() and self._done(request, note, "Die Anwesenheit ist notiert."):
            return redirect(CATEGORY, category.pk)
        return self._page(request, "attendance", "Anwesenheit ändern", category=category, form=form)

    @category_page
    def confirm(self, request: HttpRequest, category: Category) -> HttpResponse:
        """Show the decision once more, and confirm the revision that was shown."""
        rows = Decision.objects.select_related("session__category__round", "winner__round", "laudatio", "chair")
        decision = get_object_or_404(rows, session__category=category)
        form = ConfirmForm(_sent(request), initial={"revision": decision.revision})

        def confirm() -> None:
            deciding.confirm_as_office(decision, by=_person(request), revision=form.cleaned_data["revision"])

        done = "Der Beschluss ist für die Geschäftsstelle bestätigt."
        if request.method == "POST" and form.is_valid() and self._done(request, confirm, done):
            return redirect(CATEGORY, category.pk)
        shown = progress.detail(category, clock.now())
        return self._page(request, "confirm", "Beschluss bestätigen", category=category, shown=shown)

    @category_page
    def points(self, request: HttpRequest, category: Category) -> HttpResponse:
        """The ranking after the lock; before it only for the Administration, asked first and journalled."""
        person = _person(request)
        if category.decided_at:
            return self._points(request, category, standings.whole(category), early=False)
        if not permissions.may_see_points_early(person):
            raise PermissionDenied
        if request.method == "POST":
            return self._points(request, category, sessions.look(category, by=person), early=True)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        return self._page(request, "look", "Punkte vor dem Beschluss einsehen", category=category)

    def _points(self, request: HttpRequest, category: Category, board: standings.Board, *, early: bool) -> HttpResponse:
        context = {"category": category, "ranking": ranking.of(board), "early": early}
        return self._page(request, "points", "Rangfolge und Punkte", **context)

    def _done(self, request: HttpRequest, verb: Callable[[], None], told: str) -> bool:
        """Call the verb; say that it is done, or why it is refused."""
        try:
            verb()
        except Refused as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return False
        self.message_user(request, told)
        return True

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "home": reverse(HOME),
            **context,
        }
        return TemplateResponse(request, f"admin/jury/session/{name}.html", context)


def _sent(request: HttpRequest) -> Any:
    """Return what was sent, also nothing at all, or None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
