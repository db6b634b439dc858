"""Accounts that nobody uses and nothing rests on: they go as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet

from accounts import actions
from accounts.models import Membership, User
from landespreis.models import Trace
from landespreis.records.parts import Fate, Kind, Lot, Scope, Subject, pointing

ACCOUNT = "konto-"


def lots(kind: str, subject: str, before: datetime) -> Sequence[Lot]:
    if kind != "accounts":
        return []
    pk = int(subject.removeprefix(ACCOUNT))
    account = User.objects.filter(pk=pk)
    reduce = Lot("account", "Konten, anonymisiert", account, Fate.BLANKED, act=lambda: actions.blank(account.get()))
    return [
        Lot("sessions", "Sitzungen", UserSession.objects.filter(user=pk)),
        Lot("factors", "zweite Faktoren", Authenticator.objects.filter(user=pk)),
        Lot("addresses", "E-Mail-Adressen", EmailAddress.objects.filter(user=pk)),
        Lot("memberships", "Zugehörigkeiten", Membership.objects.filter(user=pk)),
        reduce if Trace.objects.filter(by=pk).exists() else Lot("account", "Konto", account),
    ]


def figures(kind: str, subjects: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    return {"Konten": {"accounts": len(subjects)}} if kind == "accounts" and subjects else {}


def unused(before: datetime) -> "QuerySet[User]":
    """Return accounts without a role that were not used since `before`, and on which no row of any app rests.

    Lines of the portal's journal do not count: everybody who ever signed up has some.
    """
    rows = User.objects.filter(is_staff=False, is_superuser=False, joined_at__lt=before)
    rows = rows.filter(Q(last_login=None) | Q(last_login__lt=before)).exclude(email__endswith=actions.NOWHERE)
    for relation in pointing(User):
        if relation.on_delete is PROTECT and relation.related_model is not Trace:
            resting = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(resting))
    return rows.order_by("pk")


def _subjects(scope: Scope, before: datetime) -> Iterator[Subject]:
    for user in unused(before):
        yield Subject(f"{ACCOUNT}{user.pk}", f"Konto {user.pk}", user.name)


KINDS = (
    Kind(
        "accounts", "Ungenutzte Konten",
        "Konten ohne Rolle, mit denen sich so lange niemand angemeldet hat und an denen nichts hängt: keine "
        "Einreichung, kein Sitz, kein Vorgang. Nennt der Verlauf des Portals eines, bleibt es ohne Namen und Adresse.",
        "nach Anlage und letzter Anmeldung", 24, False, lambda: (Scope("", "Portal", None),), _subjects,
    ),
)  # fmt: skip
