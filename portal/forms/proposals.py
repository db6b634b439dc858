"""The shape of a proposal as its writers fill it in: content and partners."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.fields import NAMED_CANDIDATES, MunicipalityField, MunicipalityInput
from accounts.forms import MUNICIPALITY_HELP
from accounts.models import Municipality
from portal.actions import completeness, proposals
from portal.forms.partners import PartnerList, same
from portal.models import ProjectCategory, Proposal, ProposalPartner, Topic
from submissions.forms.partners import FREE_KINDS
from submissions.forms.text import LineField, LongTextField, count_line
from submissions.models import Partner, Submission

FEW = 8
"""Up to this many categories are shown at once; more become a list to open."""
EARLIEST = date(1900, 1, 1)
HIDDEN = ("revision", "sitting")
ADDING = ("municipality", "partner_name", "partner_kind", "partner_country")
"""Fields that take one more partner into the list."""
MARKS = (
    "Eine leere Zeile trennt Absätze. Eine Zeile, die mit zwei Rauten beginnt (## So), wird zur Überschrift, eine mit "
    "Bindestrich (- so) zum Punkt einer Liste. **Zwei Sternchen** machen fett, [Worte](https://…) verlinken."
)


class TopicsField(forms.ModelMultipleChoiceField[Any]):
    """Topics to tick; a number that no row can have is a wrong choice, too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Topic.objects.all(),
            label="Themen",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": "Wählen Sie nur Themen aus der Liste.",
                "invalid_pk_value": "Wählen Sie nur Themen aus der Liste.",
                "invalid_list": "Wählen Sie Themen aus der Liste.",
            },
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and any(len(str(key)) > 9 for key in value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "?"})
        return super().clean(value)


class ProposalForm(forms.Form):
    """Everything that is written about a project. Nothing is required here: a draft may lack anything.

    `revision` is the state of the proposal that the page was opened with, `sitting` names that opened page.
    """

    revision = forms.IntegerField(label="Stand dieser Seite", required=False, widget=forms.HiddenInput)
    sitting = forms.CharField(label="Stand dieser Seite", required=False, max_length=40, widget=forms.HiddenInput)
    title = LineField(
        label="Titel",
        max_length=150,
        widget=forms.Textarea({"rows": 2, "cols": 40}),
        help_text="Höchstens 150 Zeichen. Nennen Sie den Namen der Zusammenarbeit und worum es geht.",
    )
    category = forms.ModelChoiceField(
        ProjectCategory.objects.all(),
        label="Kategorie",
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Wählen Sie eine der angebotenen Kategorien."},
    )
    topics = TopicsField(help_text="Danach wird im Verzeichnis gefiltert. Wählen Sie, was wirklich passt.")
    department = LineField(label="Fachbereich", max_length=120, help_text="Wer das Projekt in Ihrer Kommune führt.")
    municipality = MunicipalityField(label="Kommune als Partner", required=False, help_text=MUNICIPALITY_HELP)
    partner_name = LineField(
        label="Name",
        max_length=150,
        help_text="Der amtliche oder eingetragene Name, zum Beispiel „Gemeente Venlo“.",
    )
    partner_kind = forms.ChoiceField(
        label="Art",
        required=False,
        choices=[("", "Bitte wählen"), *FREE_KINDS],
        error_messages={"invalid_choice": "Wählen Sie eine der Arten."},
    )
    partner_country = forms.ChoiceField(
        label="Land",
        required=False,
        choices=Partner.Country.choices,
        initial=Partner.Country.DE,
        error_messages={"invalid_choice": "Wählen Sie ein Land aus der Liste."},
    )
    abstract = LongTextField(
        label="Kurzbeschreibung",
        limit=completeness.limit("abstract"),
        rows=5,
        help_text="Zwei bis drei Sätze ohne Abkürzungen: Worum geht es, wer macht mit, was ist das Ergebnis?",
    )
    body = LongTextField(label="Text", limit=completeness.limit("body"), rows=16, help_text=MARKS)
    legal_form = forms.ChoiceField(
        label="Rechtsform",
        required=False,
        choices=[("", "keine Angabe"), *Submission.LegalForm.choices],
        error_messages={"invalid_choice": "Wählen Sie eine der angebotenen Rechtsformen."},
    )
    agreed_on = forms.DateField(
        label="Vereinbart am", required=False, help_text="Tag der Unterschrift oder des letzten nötigen Beschlusses."
    )
    state = forms.ChoiceField(
        label="Stand der Umsetzung",
        required=False,
        choices=[("", "keine Angabe"), *Submission.State.choices],
        error_messages={"invalid_choice": "Wählen Sie einen der angebotenen Stände."},
    )
    state_since = forms.DateField(
        label="Im Betrieb seit", required=False, help_text="Kennen Sie nur den Monat, nehmen Sie den ersten Tag."
    )
    website = forms.URLField(
        label="Internetseite",
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Zum Beispiel www.pegelverbund.example.",
        error_messages={"invalid": "Geben Sie eine Adresse wie www.pegelverbund.example an."},
    )
    contact_name = LineField(
        label="Ansprechperson", max_length=120, widget=forms.TextInput({"autocomplete": "section-kontakt name"})
    )
    contact_email = forms.EmailField(
        label="E-Mail-Adresse",
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "section-kontakt email", "spellcheck": "false"}),
        error_messages={
            "invalid": "Geben Sie die Adresse vollständig an, zum Beispiel vorname.nachname@kommune.example."
        },
    )
    contact_phone = LineField(
        label="Telefon", max_length=40, widget=forms.TextInput({"autocomplete": "section-kontakt tel", "type": "tel"})
    )
    contact_public = forms.BooleanField(
        label="Der Kontakt darf veröffentlicht werden",
        required=False,
        help_text="Ohne Haken sieht nur die Redaktion Namen, E-Mail-Adresse und Telefon.",
    )

    def __init__(self, proposal: Proposal, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data if data is None else data.copy(), **kwargs)
        self.proposal = proposal
        self.partners = PartnerList([] if data is None else PartnerList.sent(data.getlist(PartnerList.name)).partners)
        self._build()

    def _build(self) -> None:
        for name in ("category", "contact_email", *ADDING):
            self.fields[name].optional = False  # type: ignore[attr-defined]
        for name in ("department", "website", "agreed_on", "state", "state_since", "legal_form", "contact_phone"):
            self.fields[name].optional = True  # type: ignore[attr-defined]
        for name in ("agreed_on", "state_since"):
            field = self.fields[name]
            assert isinstance(field, forms.DateField)
            field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            field.input_formats = ["%Y-%m-%d", "%d.%m.%Y"]
            field.error_messages["invalid"] = "Geben Sie ein Datum an, das es gibt, zum Beispiel 14.03.2023."
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        if ProjectCategory.objects.count() > FEW:
            category.empty_label = "Bitte wählen"
            category.widget = forms.Select()
            category.widget.choices = category.choices

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the fields without errors, in the shape `proposals.save` takes."""
        left_out = {*HIDDEN, *ADDING, "topics"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    @property
    def chosen_topics(self) -> list[Topic] | None:
        """The topics chosen; None where they were not understood."""
        chosen = self.cleaned_data.get("topics")
        return None if chosen is None else list(chosen)

    @property
    def opened_revision(self) -> int:
        revision = self.cleaned_data.get("revision")
        return -1 if revision is None else revision

    @property
    def opened_sitting(self) -> str:
        return self.cleaned_data.get("sitting") or ""

    @property
    def candidates(self) -> list[str]:
        """What the typed municipality can mean when it means several; each can be chosen by a button."""
        widget = self.fields["municipality"].widget
        return widget.candidates[:NAMED_CANDIDATES] if isinstance(widget, MunicipalityInput) else []

    @property
    def counts(self) -> dict[str, str]:
        """The count lines of the long texts as they are shown."""
        return {name: self._count(name) for name in ("abstract", "body")}

    def _count(self, name: str) -> str:
        field = self.fields[name]
        assert isinstance(field, LongTextField)
        return count_line(field.to_python(self[name].value()), field.limit)

    def clean_agreed_on(self) -> date | None:
        return _plausible(self.cleaned_data["agreed_on"])

    def clean_state_since(self) -> date | None:
        return _plausible(self.cleaned_data["state_since"])

    def clean_website(self) -> str:
        website: str = self.cleaned_data["website"]
        if website and not website.startswith(("https://", "http://")):
            raise ValidationError("Geben Sie eine Adresse an, die mit https:// beginnt.", code="scheme")
        return website

    def take_in(self) -> None:
        """Take what was typed as one more partner into the list; what cannot be becomes the field's error."""
        town: Municipality | None = self.cleaned_data.get("municipality")
        if town and self._adds(ProposalPartner(municipality=town), "municipality"):
            self._empty("municipality")
        name = " ".join(self.cleaned_data.get("partner_name", "").split())
        if not name:
            return
        kind, country = self.cleaned_data.get("partner_kind"), self.cleaned_data.get("partner_country")
        if not kind:
            if "partner_kind" not in self.errors:
                self.add_error("partner_kind", "Wählen Sie die Art des Partners.")
            return
        partner = ProposalPartner(name=name, kind=kind, country=country or Partner.Country.DE)
        if self._adds(partner, "partner_name"):
            self._empty("partner_name", "partner_kind", "partner_country")

    def renew(self, revision: int) -> None:
        """Let the page go on from `revision` when it is shown once more."""
        self.data["revision"] = str(revision)  # type: ignore[index]  # a copy of its own

    def _adds(self, partner: ProposalPartner, field: str) -> bool:
        if len(self.partners.partners) >= proposals.MOST_PARTNERS:
            said = (
                f"Mehr als {proposals.MOST_PARTNERS} Partner lassen sich nicht eintragen. Nennen Sie weitere im Text."
            )
        elif partner.municipality_id and partner.municipality_id == self.proposal.lead_id:
            said = f"{partner.label} ist schon federführend und braucht hier nicht noch einmal zu stehen."
        elif any(same(partner, other) for other in self.partners.partners):
            said = f"{partner.label} steht schon in der Liste der Partner."
        else:
            self.partners.partners.append(partner)
            return True
        self.add_error(field, said)
        return False

    def _empty(self, *names: str) -> None:
        """Clear the fields of a partner that is in the list now."""
        for name in names:
            self.data.pop(name, None)  # type: ignore[attr-defined]  # a copy of its own


def opened(proposal: Proposal) -> ProposalForm:
    """Return the form as it is opened: filled with what is stored, with a fresh sitting."""
    names = [name for name in ProposalForm.base_fields if name not in {*HIDDEN, *ADDING, "topics"}]
    initial = {name: getattr(proposal, name) for name in names} | {
        "topics": list(proposal.topics.all()),
        "revision": proposal.revision,
        "sitting": uuid.uuid4().hex,
        "partner_country": Partner.Country.DE,
    }
    form = ProposalForm(proposal, initial=initial)
    form.partners = PartnerList(list(proposal.partners.select_related("municipality")))
    return form


def _plausible(day: date | None) -> date | None:
    if day and day < EARLIEST:
        raise ValidationError("Prüfen Sie das Jahr: Das Datum liegt vor 1900.", code="implausible")
    return day
