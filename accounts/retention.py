"""Accounts that nobody uses and nothing rests on: they go as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet

from accounts import actions
from accounts.models import NOWHERE, Membership, User
from landespreis.models import Trace
from landespreis.records.parts import Fate, Kind, Lot, Scope, Subject, along, pointing

ACCOUNT = "konto-"


def lots(kind: str, subjects: Sequence[str], before: datetime) -> Sequence[Lot]:
    """Return accounts with what is theirs; one that the portal's journal names stays as a number."""
    if kind != "accounts":
        return []
    accounts = User.objects.filter(pk__in=[int(subject.removeprefix(ACCOUNT)) for subject in subjects])
    named = Exists(Trace.objects.filter(by=OuterRef("pk")))
    mine = along("user", _subject)
    return [
        Lot("sessions", "Sitzungen", UserSession.objects.filter(user__in=accounts), mine),
        Lot("factors", "zweite Faktoren", Authenticator.objects.filter(user__in=accounts), mine),
        Lot("addresses", "E-Mail-Adressen", EmailAddress.objects.filter(user__in=accounts), mine),
        Lot("memberships", "Zugehörigkeiten", Membership.objects.filter(user__in=accounts), mine),
        Lot(
            "account", "Konten, anonymisiert", accounts.filter(named), along("pk", _subject), Fate.BLANKED,
            act=_blank_all,
        ),
        Lot("account", "Konto", accounts.exclude(named), along("pk", _subject)),
    ]  # fmt: skip


def _subject(pk: int) -> str:
    return f"{ACCOUNT}{pk}"


def _blank_all(keys: Sequence[int]) -> None:
    for account in User.objects.filter(pk__in=keys):
        actions.blank(account)


def figures(kind: str, subjects: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    return {"Konten": {"accounts": len(subjects)}} if kind == "accounts" and subjects else {}


def unused(before: datetime) -> "QuerySet[User]":
    """Return accounts without a role that were not used since `before`, and on which no row of any app rests.

    Lines of the portal's journal do not count: everybody who ever signed up has some.
    """
    rows = User.objects.filter(is_staff=False, is_superuser=False, joined_at__lt=before)
    rows = rows.filter(Q(last_login=None) | Q(last_login__lt=before)).exclude(email__endswith=NOWHERE)
    for relation in pointing(User):
        if relation.on_delete is PROTECT and relation.related_model is not Trace:
            resting = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(resting))
    return rows.order_by("pk")


def _subjects(scope: Scope, before: datetime) -> Iterator[Subject]:
    for user in unused(before):
        yield Subject(_subject(user.pk), f"Konto {user.pk}", user.name)


KINDS = (
    Kind(
        "accounts", "Ungenutzte Konten",
        "Konten ohne Rolle, mit denen sich so lange niemand angemeldet hat und an denen nichts hängt: keine "
        "Einreichung, kein Sitz, kein Vorgang. Nennt der Verlauf des Portals eines, bleibt es ohne Namen und Adresse.",
        "nach Anlage und letzter Anmeldung", 24, False, lambda: (Scope("", "Portal", None),), _subjects,
    ),
)  # fmt: skip
