"""What the office does for the people of an entry, as buttons on its page: transfer it, send its receipt again."""

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts.models import Membership, User
from landespreis import wording
from submissions import permissions
from submissions.actions import gate, receipts, transfer
from submissions.admin.confirm import Question, ReasonForm, ask
from submissions.admin.journal import called
from submissions.models import Editor, HelpRequest, Submission

OTHER = "andere"
TITLES = {
    "uebertragen": "Übertragen",
    "angebot": "Angebot zurücknehmen",
    "bestaetigung": "Eingangsbestätigung noch einmal senden",
}
"""Part of the address → what the button says."""


class TransferForm(ReasonForm):
    """To whom the entry goes: somebody who works for the lead municipality, or an address."""

    to = forms.ChoiceField(
        label="Neu verantwortlich",
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie, wer die Einreichung übernimmt."},
    )
    email = forms.EmailField(
        label="Andere E-Mail-Adresse",
        required=False,
        help_text=(
            "Nur für „andere Adresse“. Wer dort noch kein Konto hat oder noch nicht für die federführende Kommune "
            "arbeitet, erhält ein Angebot, das 14 Tage gilt."
        ),
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    keeps = forms.ChoiceField(
        label="Die bisherige Person",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", "wirkt nicht mehr mit"),
            (Editor.Role.READ, "darf weiter lesen"),
            (Editor.Role.EDIT, "darf weiter bearbeiten"),
        ],
    )
    field_order = ("to", "email", "keeps", "reason")

    def __init__(self, people: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        offered = [(pk, f"{person}, {person.email}") for pk, person in self.people.items()]
        self.fields["to"].choices = [*offered, (OTHER, "andere Adresse")]  # type: ignore[attr-defined]
        self.fields["reason"].help_text = "Steht im Verlauf und in der E-Mail an alle Beteiligten."

    def clean(self) -> dict[str, Any]:
        """Return what the verb takes: `to` is a person or an address."""
        values = super().clean() or {}
        email = values.pop("email", "")
        if values.get("to") == OTHER:
            if not email and "email" not in self.errors:
                self.add_error("email", "Bitte geben Sie die Adresse an.")
            values["to"] = email
        elif "to" in values:
            values["to"] = self.people[values["to"]]
        return values


class AgainForm(ReasonForm):
    """To whom the receipt goes once more."""

    to = forms.MultipleChoiceField(
        label="An wen",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Bitte wählen Sie mindestens eine Person."},
    )
    field_order = ("to", "reason")

    def __init__(self, addresses: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(address, address) for address in addresses]  # type: ignore[attr-defined]
        self.fields["reason"].help_text = "Steht im Verlauf, nicht in der E-Mail."


class People(admin.ModelAdmin[Submission]):
    """Mixin: adds the buttons' addresses to the admin of entries."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.for_people)
        return [path("<uuid:pk>/personen/<slug:act>/", view, name="submissions_people"), *super().get_urls()]

    def people_buttons(self, request: HttpRequest, entry: Submission | None) -> list[tuple[str, str]]:
        """Return title and address of what this person can do for the people of the entry."""
        if entry is None or not (isinstance(request.user, User) and permissions.may_help(request.user)):
            return []
        acts = ["uebertragen"]
        if entry.offers.waiting().exists():
            acts.append("angebot")
        if entry.current_id:
            acts.append("bestaetigung")
        found = [(TITLES[act], reverse("admin:submissions_people", args=[entry.pk, act])) for act in acts]
        asked = HelpRequest.objects.filter(submission=entry, ended_at=None).first()
        if asked:
            found.append(("Bitte um Hilfe", reverse("admin:submissions_helprequest_change", args=[asked.pk])))
        return found

    def for_people(self, request: HttpRequest, pk: uuid.UUID, act: str) -> HttpResponse:
        """Ask once more, with the reason, and do it."""
        if not (isinstance(request.user, User) and permissions.may_help(request.user)):
            raise PermissionDenied
        related = ("round", "lead", "owner", "current")
        entry = get_object_or_404(Submission.objects.select_related(*related), pk=pk)
        if act not in ACTS or (act == "bestaetigung" and entry.current is None):
            raise Http404
        return ask(self, request, ACTS[act](entry, request.user))


def _transfer(entry: Submission, by: User) -> Question:
    heirs = User.objects.filter(is_active=True).exclude(pk=entry.owner_id).order_by("name")
    if entry.lead_id:
        heirs = heirs.filter(memberships__in=Membership.objects.filter(municipality=entry.lead_id).active())
    else:
        heirs = heirs.filter(pk__in=[editor.user_id for editor in entry.colleagues if editor.user_id])
    return Question(
        title=TITLES["uebertragen"],
        about=called(entry),
        sentences=(
            (
                f"Verantwortlich ist bisher {entry.owner} ({entry.owner.email}). Wer übernimmt, darf alles, was die "
                "Frist noch erlaubt, und bestimmt, wer mitwirkt. Das geht in jedem Stand und auch nach der Frist."
            ),
            "Zur Wahl stehen Personen mit einem Konto, die für die federführende Kommune arbeiten."
            if entry.lead_id
            else "Noch ist keine federführende Kommune genannt; zur Wahl stehen deshalb nur die Mitwirkenden.",
            "Die bisherige und die neue Person und alle Mitwirkenden erhalten eine E-Mail mit dem Grund.",
        ),
        button="Übertragen",
        back=_back(entry),
        done="Die Einreichung ist übertragen oder, wo das noch nicht geht, per E-Mail angeboten.",
        verb=partial(transfer.transfer, entry, by=by),
        form=partial(TransferForm, list(heirs[:100])),
    )


def _take_back(entry: Submission, by: User) -> Question:
    offer = entry.offers.waiting().first()
    about = f" an {offer.email} vom {wording.moment_short(offer.offered_at)}" if offer else ""
    return Question(
        title=TITLES["angebot"],
        about=called(entry),
        sentences=(
            f"Das Angebot{about}, diese Einreichung zu übernehmen, gilt dann nicht mehr.",
            "Niemand erhält dazu eine E-Mail.",
        ),
        button="Angebot zurücknehmen",
        back=_back(entry),
        done="Das Angebot gilt nicht mehr.",
        verb=partial(transfer.withdraw_offer, entry, by=by),
        form=ReasonForm,
    )


def _send_again(entry: Submission, by: User) -> Question:
    assert entry.current is not None  # the button is offered from the first version on
    return Question(
        title=TITLES["bestaetigung"],
        about=called(entry),
        sentences=(
            (
                f"Die Bestätigung der Version {entry.current.number} geht noch einmal hinaus, mit demselben PDF wie "
                "beim ersten Mal. Zur Wahl steht, wer jetzt an der Einreichung mitwirkt."
            ),
        ),
        button="Noch einmal senden",
        back=_back(entry),
        done="Die Eingangsbestätigung ist noch einmal unterwegs.",
        verb=partial(receipts.send_again, entry.current, by=by),
        form=partial(AgainForm, gate.addresses(entry)),
    )


def _back(entry: Submission) -> str:
    return reverse("admin:submissions_submission_change", args=[entry.pk])


ACTS: dict[str, Callable[[Submission, User], Question]] = {
    "uebertragen": _transfer,
    "angebot": _take_back,
    "bestaetigung": _send_again,
}
"""Part of the address → what is asked."""
