"""The ministry's view of people, municipalities and memberships; decisions are buttons that call the verbs."""

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401  (the three register pages that are taken down again below)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, IntegerField, OrderBy, QuerySet, When
from django.db.models.fields.related import ManyToManyField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse

from accounts import actions, permissions, register
from accounts.models import Membership, Municipality, User
from landespreis.confirm import Question, ask
from landespreis.readonly import kept
from landespreis.records.asking import ReasonForm
from landespreis.refusal import Refused

admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])

APPS = ("accounts", "submissions", "jury", "portal", "landespreis", "post_office")
"""Whose rights a role can have."""
AT_ONCE = 100
"""Memberships in one transaction."""
VERBS = {"view": "ansehen", "add": "hinzufügen", "change": "ändern", "delete": "löschen"}


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    fk_name = "user"
    extra = 0
    can_delete = False
    fields = readonly_fields = ("municipality", "department", "status", "created_at")
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Passwords are nobody's but the person's own; roles and addresses only the Administration changes."""

    list_display = ("name", "email", "places", "roles", "is_active", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("name", "email", "memberships__municipality__name")
    search_help_text = "Name, E-Mail-Adresse oder Kommune"
    filter_horizontal = ("groups",)
    fields = ("name", "email", "is_active", "is_staff", "is_superuser", "groups", "joined_at", "last_login")
    readonly_fields = ("joined_at", "last_login")
    inlines = (MembershipInline,)
    actions = ("reset_second_factor",)
    change_form_template = "accounts/user_admin.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.end_sessions)
        return [path("<int:pk>/sitzungen-beenden/", view, name="accounts_user_end_sessions"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {"may_end_sessions": permissions.may_end_sessions(_person(request))}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def end_sessions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, and log somebody out everywhere."""
        if not permissions.may_end_sessions(_person(request)):
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        question = Question(
            title="Alle Sitzungen beenden",
            about=str(person),
            sentences=[
                "Die Person ist danach überall abgemeldet, auf jedem Gerät. Was nicht gespeichert ist, geht verloren.",
                "Passwort und zweiter Faktor bleiben; anmelden kann sie sich wieder.",
                "Kennt jemand Fremdes das Passwort, sperren Sie das Konto: „aktiv“ abwählen.",
            ],
            button="Alle Sitzungen beenden",
            back=reverse("admin:accounts_user_change", args=[person.pk]),
            done="Alle Sitzungen sind beendet.",
            verb=partial(actions.end_sessions, person, by=_person(request)),
            form=ReasonForm,
        )
        return ask(self, request, question)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("memberships__municipality", "groups")

    @admin.display(description="arbeitet für")
    def places(self, person: User) -> str:
        """Municipalities; what is not confirmed says so."""
        told = {Membership.Status.PENDING: " (unbestätigt)", Membership.Status.REFUSED: " (abgelehnt)"}
        rows = person.memberships.all()
        return ", ".join(f"{row.municipality}{told.get(Membership.Status(row.status), '')}" for row in rows) or "–"

    @admin.display(description="Rolle")
    def roles(self, person: User) -> str:
        names = ["Administration"] if person.is_superuser else []
        return ", ".join([*names, *(group.name for group in person.groups.all())]) or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        kept = list(super().get_readonly_fields(request, obj))
        return kept if _is_superuser(request) else [*kept, "email", "is_staff", "is_superuser", "groups"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_staff or _is_superuser(request))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and permissions.may_reset_second_factor(request.user)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups" and field is not None:
            field.label, field.help_text = "Rollen", "Geschäftsstelle oder Redaktion."
        return field

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.action(description="Zweiten Faktor zurücksetzen", permissions=["reset"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            actions.reset_second_factor(person, by=_person(request))
        self.message_user(request, f"Zurückgesetzt für {', '.join(str(person) for person in queryset)}.")


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("label", "ags", "kind", "region", "district_ags", "people")
    list_filter = ("kind", "region")
    search_fields = ("name", "label", "ags", "sort_key")
    search_help_text = "Name oder AGS"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Municipality]":
        rows: QuerySet[Municipality] = super().get_queryset(request)
        return rows.annotate(members=Count("memberships"))

    @admin.display(description="Personen mit Konto", ordering="members")
    def people(self, row: Any) -> int:
        return int(row.members)

    def save_model(
        self, request: HttpRequest, obj: Municipality, form: "ModelForm[Municipality]", change: bool
    ) -> None:
        obj.sort_key = register.sort_key(obj.name)
        obj.ags = obj.ags or None
        super().save_model(request, obj, form, change)
        register.forget_options()


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
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
    change_form_template = "accounts/membership_admin.html"

    def get_ordering(self, request: HttpRequest) -> tuple[OrderBy | str, ...]:
        waiting = Case(When(status=Membership.Status.PENDING, then=0), default=1, output_field=IntegerField())
        return (waiting.asc(), "-created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and permissions.may_decide_membership(request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        chosen = self.get_object(request, object_id)
        if request.method == "POST" and chosen and "_confirm" in request.POST:
            return self._decide_one(request, chosen, Membership.Status.CONFIRMED)
        if request.method == "POST" and chosen and "_refuse" in request.POST:
            return self._decide_one(request, chosen, Membership.Status.REFUSED)
        status = chosen.status if chosen else ""
        context = {
            "may_confirm": status != Membership.Status.CONFIRMED,
            "may_refuse": status != Membership.Status.REFUSED,
            "may_decide": self.has_decide_permission(request),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    @admin.display(description="E-Mail-Adresse", ordering="user__email")
    def user_email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.action(description="Ausgewählte bestätigen", permissions=["decide"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._decide(request, queryset, Membership.Status.CONFIRMED)

    @admin.action(description="Ausgewählte ablehnen", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._decide(request, queryset, Membership.Status.REFUSED)

    def _decide_one(self, request: HttpRequest, membership: Membership, status: Membership.Status) -> HttpResponse:
        self._decide(request, [membership], status)
        return redirect(kept(self, request, reverse("admin:accounts_membership_changelist")))

    def _decide(self, request: HttpRequest, rows: Iterable[Membership], status: Membership.Status) -> None:
        """Decide about so many at a time; what stays as it is is named and stops nothing."""
        chosen = list(rows)
        for first in range(0, len(chosen), AT_ONCE):
            outcomes = actions.decide_memberships(chosen[first : first + AT_ONCE], status, by=_person(request))
            for outcome in outcomes:
                if isinstance(outcome, Refused):
                    self.message_user(request, outcome.message, messages.ERROR)
                else:
                    self.message_user(request, f"„{outcome}“ ist {status.label}. Die Person erhält eine Nachricht.")


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles and what they may do, in German: Django names rights in English when it makes them."""

    list_display = ("name", "people")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Group]":
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.annotate(members=Count("user"))

    @admin.display(description="Personen", ordering="members")
    def people(self, row: Any) -> int:
        return int(row.members)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        if db_field.name == "permissions":
            rights = Permission.objects.filter(content_type__app_label__in=APPS).select_related("content_type")
            kwargs["queryset"] = rights.order_by("content_type__app_label", "content_type__model", "codename")
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions" and field is not None:
            field.label_from_instance = _right
        return field


def _right(right: Permission) -> str:
    """«Einreichungen: Einreichung ändern»"""
    model = right.content_type.model_class()
    verb, _, _ = right.codename.partition("_")
    name = model._meta.verbose_name if model else right.content_type.model
    area = apps.get_app_config(right.content_type.app_label).verbose_name
    return f"{area}: {name} {VERBS.get(verb, verb)}"


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
