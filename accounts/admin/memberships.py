"""Memberships in the admin: waiting ones first, decided one by one or several at once, each after a question."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, OrderBy, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts import actions, permissions
from accounts.admin.frame import person
from accounts.models import Membership, User
from landespreis.confirm import Question, ask, ask_of_chosen
from landespreis.refusal import Overtaken, Refused

AT_ONCE = 100
"""Memberships in one transaction."""
MAILED = "Die Person erhält eine E-Mail. Ändern lässt sich die Entscheidung später."


class Words(NamedTuple):
    """What is asked before a decision, and what it will do."""

    title: str
    what: str


WORDS = {
    Membership.Status.CONFIRMED: Words(
        "Bestätigen", "Bei Einreichungen der Person für diese Kommune entfällt der Hinweis, dass die Bestätigung fehlt."
    ),
    Membership.Status.REFUSED: Words(
        "Ablehnen", "Die Person kann für diese Kommune nichts Neues mehr beginnen. Was schon eingereicht ist, bleibt."
    ),
}


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Waiting ones first; nothing is edited here, only decided."""

    list_display = ("user", "status", "municipality", "department", "user_email", "created_at", "decided_by")
    list_filter = ("status", "municipality__region", "created_at")
    list_select_related = ("user", "municipality", "decided_by")
    search_fields = ("user__name", "user__email", "municipality__name", "municipality__ags", "department")
    search_help_text = "Person, E-Mail-Adresse, Kommune, AGS oder Fachbereich"
    readonly_fields: ClassVar[tuple[str, ...]] = (
        "user",
        "user_email",
        "municipality",
        "department",
        "status",
        "created_at",
        "decided_by",
        "decided_at",
    )
    fields = readonly_fields
    actions = ("confirm", "refuse")
    change_form_template = "admin/row.html"

    def get_ordering(self, request: HttpRequest) -> tuple[OrderBy | str, ...]:
        waiting = Case(When(status=Membership.Status.PENDING, then=0), default=1, output_field=IntegerField())
        return (waiting.asc(), "-created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and permissions.may_decide_membership(request.user)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{way}/", wrap(view), name=f"accounts_membership_{name}")
            for way, view, name in (
                ("bestaetigen", self.confirm_one, "confirm"),
                ("ablehnen", self.refuse_one, "refuse"),
            )
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        chosen = self.get_object(request, object_id)
        buttons = _buttons(chosen) if chosen and self.has_decide_permission(request) else []
        return super().change_view(request, object_id, form_url, {"buttons": buttons, **(extra_context or {})})

    def confirm_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask_one(request, pk, Membership.Status.CONFIRMED)

    def refuse_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask_one(request, pk, Membership.Status.REFUSED)

    @admin.display(description="E-Mail-Adresse", ordering="user__email")
    def user_email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.action(description="Ausgewählte bestätigen …", permissions=["decide"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._ask_many(request, queryset, Membership.Status.CONFIRMED)

    @admin.action(description="Ausgewählte ablehnen …", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._ask_many(request, queryset, Membership.Status.REFUSED)

    def _ask_one(self, request: HttpRequest, pk: int, status: Membership.Status) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request).select_related("user", "municipality"), pk=pk)
        return ask(self, request, self._question(request, [row], str(row), status))

    def _ask_many(
        self, request: HttpRequest, queryset: QuerySet[Membership], status: Membership.Status
    ) -> HttpResponse:
        rows = list(queryset.select_related("user", "municipality"))
        about = "1 Zugehörigkeit" if len(rows) == 1 else f"{len(rows)} Zugehörigkeiten"
        return ask_of_chosen(self, request, self._question(request, rows, about, status), rows)

    def _question(
        self, request: HttpRequest, rows: Sequence[Membership], about: str, status: Membership.Status
    ) -> Question:
        told = WORDS[status]
        return Question(
            title=told.title,
            about=about,
            sentences=[
                *(str(row) for row in rows if len(rows) > 1),
                told.what,
                MAILED,
                "Das lässt sich später ändern.",
            ],
            button=told.title,
            back=reverse("admin:accounts_membership_changelist"),
            done=f"Entschieden ist: {status.label}.",
            verb=partial(self._decide, request, rows, status),
        )

    def _decide(self, request: HttpRequest, chosen: Sequence[Membership], status: Membership.Status) -> None:
        """Decide about so many at a time; what stays as it is is named and stops nothing."""
        outcomes: list[Membership | Refused] = []
        for first in range(0, len(chosen), AT_ONCE):
            outcomes += actions.decide_memberships(chosen[first : first + AT_ONCE], status, by=person(request))
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        if len(refused) == len(outcomes):
            raise Overtaken(" ".join(refusal.message for refusal in refused))
        for refusal in refused:
            self.message_user(request, refusal.message, messages.WARNING)


def _buttons(row: Membership) -> list[tuple[str, str]]:
    """Return title and address of what changes something."""
    ways = {Membership.Status.CONFIRMED: "confirm", Membership.Status.REFUSED: "refuse"}
    return [
        (f"{WORDS[status].title} …", reverse(f"admin:accounts_membership_{way}", args=[row.pk]))
        for status, way in ways.items()
        if row.status != status
    ]
