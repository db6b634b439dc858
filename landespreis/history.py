"""What the history page of a row shows: the lines of the portal's journal about it, and the journals beside it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import PermissionsMixin
from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from landespreis import lookup
from landespreis.journals import JOURNALS
from landespreis.models import Trace

NAMED = {
    "accounts.user": ("detail__account", "pk"),
    "landespreis.retentionhold": ("detail__subject", "subject"),
    "landespreis.retentionrun": ("detail__run", "pk"),
    "landespreis.wording": ("detail__key", "key"),
    "submissions.round": ("about", "name"),
}
"""How lines of verbs name a row, and by which of its values; all others by the name of the model and the key."""
SHOWN_DETAILS = {
    "said": "",
    "how": "mit",
    "fields": "Felder",
    "changed": "geändert",
    "given": "gegeben",
    "taken": "genommen",
    "number": "Anzahl",
    "new": "neu",
    "mark": "Kennung",
    "reason": "Grund",
}
"""What of a line's detail is shown, and how it is called; the page of the line shows all of it."""
WORDS = {
    "password": "Passwort",
    "password_reset": "zurückgesetztem Passwort",
    "mfa": "zweitem Faktor",
    "totp": "Authenticator-App",
    "webauthn": "Passkey",
    "recovery_codes": "Notfallcode",
    "invitation": "Einladung",
    "demo": "einem Klick im Demobetrieb",
}


def of(row: Model) -> "QuerySet[Trace]":
    """Return the lines about a row, the newest first; each names it by model and key, or as its verb does."""
    opts = row._meta
    by_page = Q(detail__model=opts.label_lower, detail__key=str(row.pk))
    path, value = NAMED.get(opts.label_lower, (f"detail__{opts.model_name}", "pk"))
    return Trace.objects.filter(by_page | Q((path, _plain(getattr(row, value))))).select_related("by")


def beside(row: Model, user: PermissionsMixin) -> Iterator[tuple[str, str]]:
    """Yield name and address of the lists of other journals about the row that the person may see.

    Where a line points to a person, they did something; none is about one.
    """
    if isinstance(row, PermissionsMixin):
        return
    for journal in JOURNALS:
        opts = journal.model._meta
        for field in opts.concrete_fields:
            about = field.related_model is type(row)
            if about and journal.model in admin.site._registry and lookup.may_see(user, journal.model):
                url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
                yield str(opts.verbose_name_plural), f"{url}?{field.name}__id__exact={row.pk}"


def details(trace: Trace) -> str:
    """Return what a line tells beside its verb, in the words of the interface."""
    told = {label: _said(trace.detail.get(key)) for key, label in SHOWN_DETAILS.items()}
    return "; ".join(f"{label} {value}".strip() for label, value in told.items() if value) or "–"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(WORDS.get(str(one), str(one)) for one in value)
    return "" if value is None else str(value)


def _plain(key: Any) -> int | str:
    return key if isinstance(key, int) else str(key)
