"""Accounts in the admin: read-only, what may be done with one is a button that asks first and calls a verb."""

from collections.abc import Callable
from functools import partial
from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401  (the three register pages that are taken down again below)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse

from accounts import access, actions, permissions
from accounts.admin.frame import person
from accounts.models import Membership, User
from landespreis.confirm import Question, ask, ask_of_chosen
from landespreis.records.asking import ReasonForm
from landespreis.records.desk import CorrectForm

admin.site.unregister([EmailAddress, Authenticator, UserSession])


class RolesForm(ReasonForm):
    roles = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"), label="Rollen", required=False, widget=forms.CheckboxSelectMultiple
    )
    is_administration = forms.BooleanField(
        label="Administration",
        required=False,
        help_text="Darf alles, auch Rollen vergeben und zweite Faktoren zurücksetzen.",
    )
    field_order = ("roles", "is_administration", "reason")


class MembershipInline(admin.TabularInline[Membership, Any]):
    model = Membership
    fk_name = "user"
    extra = 0
    can_delete = False
    fields = readonly_fields = ("municipality", "department", "status", "created_at")
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Passwords are nobody's but the person's own; roles and addresses only the Administration changes."""

    list_display = ("name", "email", "places", "roles", "is_active", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("name", "email", "memberships__municipality__name")
    search_help_text = "Name, E-Mail-Adresse oder Kommune"
    fields = ("name", "email", "is_active", "is_staff", "roles", "joined_at", "last_login")
    readonly_fields = ("roles", "joined_at", "last_login")
    inlines = (MembershipInline,)
    actions = ("reset_second_factor",)
    change_form_template = "admin/row.html"

    def get_urls(self) -> list[URLPattern]:
        ways = {
            "berichtigen": ("correct", self.correct),
            "rollen": ("roles", self.assign_roles),
            "sperren": ("lock", self.lock),
            "entsperren": ("unlock", self.unlock),
            "zweiter-faktor": ("reset", self.reset),
            "sitzungen-beenden": ("end_sessions", self.end_sessions),
        }
        wrap = self.admin_site.admin_view
        own = [path(f"<int:pk>/{way}/", wrap(view), name=f"accounts_user_{name}") for way, (name, view) in ways.items()]
        return [*own, *super().get_urls()]

    # Looking ----------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("memberships__municipality", "groups")

    @admin.display(description="arbeitet für")
    def places(self, row: User) -> str:
        """Municipalities; what is not confirmed says so."""
        told = {Membership.Status.PENDING: " (unbestätigt)", Membership.Status.REFUSED: " (abgelehnt)"}
        rows = row.memberships.all()
        return ", ".join(f"{one.municipality}{told.get(Membership.Status(one.status), '')}" for one in rows) or "–"

    @admin.display(description="Rolle")
    def roles(self, row: User) -> str:
        return ", ".join(row.roles) or "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        buttons = _buttons(row, person(request)) if row else []
        return super().change_view(request, object_id, form_url, {"buttons": buttons, **(extra_context or {})})

    # Adding -----------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return super().get_fields(request, obj) if obj else ("name", "email")

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Lead on to the roles: whoever is added by hand is to have one."""
        return redirect("admin:accounts_user_roles", obj.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    # Verbs ------------------------------------------------------------------------------------------

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._found(request, pk, "correct")
        sentences = [
            "Die Person erhält eine E-Mail, an die alte und an die neue Adresse.",
            "Mit einer neuen Adresse meldet sie sich neu an und bestätigt sie dabei; jetzt ist sie überall abgemeldet.",
        ]
        return self._ask(
            request, row, "correct", sentences, "Die Angaben sind berichtigt.", actions.correct, form=CorrectForm,
            initial={"name": row.name, "email": row.email},
        )  # fmt: skip

    def assign_roles(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._found(request, pk, "roles")
        sentences = [
            "Die Person darf danach genau, was die angekreuzten Rollen erlauben; das gilt sofort.",
            "Mit einer Rolle kommt sie in die Verwaltung und richtet dafür einen zweiten Faktor ein.",
            "Wer eine Rolle hat, kann keinen Sitz in der Jury ausüben.",
        ]
        return self._ask(
            request, row, "roles", sentences, "Die Rollen sind geändert.", access.assign_roles, form=RolesForm,
            initial={"roles": row.groups.all(), "is_administration": row.is_superuser},
        )  # fmt: skip

    def lock(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._found(request, pk, "lock")
        sentences = [
            "Die Person ist danach überall abgemeldet und kommt nicht mehr hinein, auch mit neuem Passwort nicht.",
            "Was ihr gehört, bleibt: Einreichungen, Vorschläge, Rollen. Nachrichten an Gruppen erhält sie nicht.",
            "Das lässt sich mit „Konto entsperren“ zurücknehmen.",
        ]
        return self._ask(request, row, "lock", sentences, "Das Konto ist gesperrt.", access.lock)

    def unlock(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._found(request, pk, "unlock")
        sentences = ["Die Person kann sich wieder anmelden, mit allen Rollen, die bei ihr stehen."]
        return self._ask(request, row, "unlock", sentences, "Das Konto ist entsperrt.", access.unlock)

    def end_sessions(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._found(request, pk, "end_sessions")
        sentences = [
            "Die Person ist danach überall abgemeldet, auf jedem Gerät. Was nicht gespeichert ist, geht verloren.",
            "Passwort und zweiter Faktor bleiben; anmelden kann sie sich wieder.",
            "Kennt jemand Fremdes das Passwort, sperren Sie das Konto.",
        ]
        done = "Alle Sitzungen sind beendet."
        return self._ask(request, row, "end_sessions", sentences, done, access.end_sessions)

    def reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._found(request, pk, "reset")
        return ask(self, request, self._reset_question(request, [row], str(row), _page(row)))

    @admin.action(description="Zweiten Faktor zurücksetzen …", permissions=["reset"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        rows = list(queryset)
        about = ", ".join(map(str, rows))
        question = self._reset_question(request, rows, about, reverse("admin:accounts_user_changelist"))
        return ask_of_chosen(self, request, question, rows)

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return permissions.may_reset_second_factor(person(request))

    def _reset_question(self, request: HttpRequest, rows: list[User], about: str, back: str) -> Question:
        return Question(
            title=TITLES["reset"],
            about=about,
            sentences=[
                "Alle zweiten Faktoren und Notfallcodes werden entfernt; angemeldete Geräte sind abgemeldet.",
                "Danach genügt das Passwort, bis ein neuer zweiter Faktor eingerichtet ist.",
                "Prüfen Sie vorher, mit wem Sie sprechen.",
                "Jede Person erhält eine E-Mail.",
            ],
            button=TITLES["reset"],
            back=back,
            done="Zurückgesetzt. Jede Person erhält eine E-Mail.",
            verb=partial(access.reset_second_factors, rows, by=person(request)),
            form=ReasonForm,
        )

    def _found(self, request: HttpRequest, pk: int, name: str) -> User:
        row = get_object_or_404(User, pk=pk)
        if not ALLOWED[name](person(request), row):
            raise PermissionDenied
        return row

    def _ask(
        self,
        request: HttpRequest,
        row: User,
        name: str,
        sentences: list[str],
        done: str,
        verb: Callable[..., object],
        *,
        form: Callable[..., forms.Form] = ReasonForm,
        initial: dict[str, Any] | None = None,
    ) -> HttpResponse:
        question = Question(
            title=TITLES[name], about=str(row), sentences=sentences, button=TITLES[name], back=_page(row), done=done,
            verb=partial(verb, row, by=person(request)), form=form, initial=initial,
        )  # fmt: skip
        return ask(self, request, question)


TITLES = {
    "correct": "Angaben berichtigen",
    "roles": "Rollen ändern",
    "lock": "Konto sperren",
    "unlock": "Konto entsperren",
    "reset": "Zweiten Faktor zurücksetzen",
    "end_sessions": "Alle Sitzungen beenden",
}
"""What can be done with an account."""
ALLOWED: dict[str, Callable[[User, User], bool]] = {
    "correct": permissions.may_correct,
    "roles": lambda by, user: permissions.may_assign_roles(by),
    "lock": permissions.may_lock,
    "unlock": permissions.may_lock,
    "reset": lambda by, user: permissions.may_reset_second_factor(by),
    "end_sessions": lambda by, user: permissions.may_end_sessions(by),
}
FITS = {"lock": True, "unlock": False}
"""Which of them wants an account that is in use, or is not; all others are for both."""


def _buttons(row: User, by: User) -> list[tuple[str, str]]:
    """Return title and address of what the person may do with the account now."""
    return [
        (f"{title} …", reverse(f"admin:accounts_user_{name}", args=[row.pk]))
        for name, title in TITLES.items()
        if not row.is_gone and ALLOWED[name](by, row) and FITS.get(name, row.is_active) == row.is_active
    ]


def _page(row: User) -> str:
    return reverse("admin:accounts_user_change", args=[row.pk])
