"""What this app holds about a person: account, addresses, memberships, kinds of second factors, sessions."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.urls import reverse

from accounts import actions
from accounts.models import NOWHERE, User
from landespreis.records.disclosing import Person, Section

TITLES = {
    "e_mail_adressen": "E-Mail-Adressen",
    "zugehoerigkeiten": "Zugehörigkeiten",
    "zweite_faktoren": "Zweite Faktoren, nur ihre Art",
    "sitzungen": "Angemeldete Geräte",
}

WITH_ACCOUNT = "Wird mit dem Konto gelöscht."
OF_STAFF = "Das Konto gehört zur Verwaltung; löschen kann es die Person selbst oder die Administration."


def find(text: str) -> Iterator[tuple[str, str]]:
    by_address = EmailAddress.objects.filter(email__icontains=text).values("user")
    named = Q(name__icontains=text) | Q(email__icontains=text) | Q(pk__in=by_address)
    people = User.objects.filter(named).exclude(email__endswith=NOWHERE)
    yield from people.order_by("name", "pk").values_list("name", "email")


def sections(person: Person) -> Iterator[Section]:
    user = User.objects.filter(pk=person.account).first() if person.account else None
    if user is None:
        return
    held = actions.held(user)
    url = reverse("admin:accounts_user_change", args=[user.pk])
    staff = user.is_staff or user.is_superuser
    yield Section(
        "konto", "Konto", [held.pop("konto")], url=url, stays=OF_STAFF if staff else "",
        erase=None if staff else lambda by: _erase(user, by),
        correct=lambda by, **values: actions.correct(user, by=by, **values),
    )  # fmt: skip
    for key, rows in held.items():
        yield Section(key, TITLES[key], rows, url=url, stays=OF_STAFF if staff else "", follows=WITH_ACCOUNT)


def _erase(user: User, by: Any) -> int:
    actions.erase_account(user, by=by)
    return 1
