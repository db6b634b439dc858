"""The shape of a proposal as its writers fill it in: content, partners, picture, declarations."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.fields import NAMED_CANDIDATES, MunicipalityField, MunicipalityInput
from accounts.forms import MUNICIPALITY_HELP, one_line
from accounts.models import Municipality, User
from portal.actions import completeness, proposals
from portal.forms.editing import IMAGE_HELP
from portal.models import ProjectCategory, Proposal, ProposalPartner, Topic
from submissions.forms.partners import FREE_KINDS
from submissions.forms.text import LineField, LongTextField, count_line, validate_readable
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
NOT_NRW = (
    "Zum Beispiel ein Zweckverband, eine kommunale Gesellschaft oder eine Kommune außerhalb von Nordrhein-Westfalen."
)


class PartnerList:
    """The partners as the page shows and sends them: «m:17» for a row of the register, «f:kind:country:name»."""

    name = "partner"

    def __init__(self, partners: Sequence[ProposalPartner]) -> None:
        self.partners = list(partners)

    @classmethod
    def sent(cls, tokens: Iterable[str]) -> "PartnerList":
        """Return the list that a page sent; what no page of ours would send is left out."""
        told = [token.split(":", 3) for token in tokens]
        keys = {int(parts[1]) for parts in told if parts[0] == "m" and len(parts) == 2 and _is_key(parts[1])}
        rows = Municipality.objects.in_bulk(keys)
        found: list[ProposalPartner] = []
        for parts in told:
            if parts[0] == "m" and len(parts) == 2 and _is_key(parts[1]) and int(parts[1]) in rows:
                found.append(ProposalPartner(municipality=rows[int(parts[1])]))
            elif parts[0] == "f" and len(parts) == 4 and _is_named(*parts[1:]):
                found.append(ProposalPartner(kind=parts[1], country=parts[2], name=parts[3]))
        return cls(found)

    def without(self, place: str) -> "PartnerList":
        """Return the list without the one at `place` (as sent by its button)."""
        return PartnerList([row for number, row in enumerate(self.partners) if str(number) != place])

    @property
    def tokens(self) -> list[tuple[str, ProposalPartner]]:
        """What the page sends for each partner, and the partner."""
        return [(_token(partner), partner) for partner in self.partners]


class TopicsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
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

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sitting = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
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
        elif any(_same(partner, other) for other in self.partners.partners):
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


class StartForm(forms.Form):
    """For which of the person's municipalities, and the key that makes a double click harmless."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label="Für welche Kommune schlagen Sie vor?",
        empty_label=None,
        widget=forms.RadioSelect,
        help_text="Sie ist federführend. Später lässt sich das nicht mehr ändern.",
        error_messages={
            "required": "Wählen Sie die Kommune, die federführend ist.",
            "invalid_choice": "Wählen Sie eine der angebotenen Kommunen.",
        },
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        own = Municipality.objects.filter(memberships__in=user.memberships.active())
        field = self.fields["municipality"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = own
        keys = list(own.values_list("pk", flat=True)[:2])
        self.has_choice = len(keys) > 1
        if len(keys) == 1:
            self.initial["municipality"] = keys[0]
            field.widget = forms.HiddenInput()

    @property
    def offered(self) -> uuid.UUID | None:
        key: uuid.UUID | None = self.cleaned_data.get("key")
        return key


class PictureForm(forms.Form):
    datei = forms.FileField(
        label="Bild auswählen",
        help_text=f"{IMAGE_HELP} Höchstens 10 MB.",
        widget=forms.FileInput(
            {"accept": ".jpg,.jpeg,.png,.webp", "data-max-bytes": 10_000_000, "data-max-label": "10 MB"}
        ),
        error_messages={
            "required": "Wählen Sie das Bild auf Ihrem Gerät aus.",
            "missing": "Wählen Sie das Bild auf Ihrem Gerät aus.",
            "invalid": "Das Bild ist nicht angekommen. Wählen Sie es noch einmal aus.",
            "empty": "Die Datei ist leer. Prüfen Sie sie auf Ihrem Gerät und wählen Sie sie noch einmal aus.",
        },
    )
    alt = forms.CharField(
        label="Alternativtext",
        max_length=250,
        validators=[one_line, validate_readable],
        help_text="Was ist zu sehen, für jemanden, der das Bild nicht sieht? Höchstens 250 Zeichen.",
        error_messages={
            "required": "Beschreiben Sie, was auf dem Bild zu sehen ist.",
            "max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
        },
    )
    credit = forms.CharField(
        label="Bildnachweis",
        max_length=150,
        validators=[one_line, validate_readable],
        help_text="Wer hat das Bild gemacht? Steht unter dem Bild.",
        error_messages={
            "required": "Nennen Sie, wer das Bild gemacht hat.",
            "max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
        },
    )
    rights = forms.BooleanField(
        label="Wir dürfen dieses Bild im Internet veröffentlichen; erkennbare Personen sind einverstanden.",
        error_messages={"required": "Bestätigen Sie, dass das Bild veröffentlicht werden darf."},
    )


class DeclarationForm(forms.Form):
    """What is declared when a proposal is put in; nobody ticks it for the person."""

    correctness = forms.BooleanField(
        label="Alle Angaben sind nach bestem Wissen richtig.",
        error_messages={"required": "Bestätigen Sie, dass die Angaben richtig sind."},
    )
    publication = forms.BooleanField(
        label="Das Projekt darf mit diesen Angaben im Projektverzeichnis veröffentlicht werden.",
        error_messages={"required": "Stimmen Sie der Veröffentlichung zu."},
    )
    contact = forms.BooleanField(
        error_messages={"required": "Bestätigen Sie, dass die Ansprechperson einverstanden ist."},
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, proposal: Proposal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposal.contact_public:
            self.fields["contact"].label = (
                f"{proposal.contact_name or 'Die Ansprechperson'} ist damit einverstanden, dass der Kontakt "
                "veröffentlicht wird."
            )
        else:
            del self.fields["contact"]

    @property
    def declared(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(name)) for name in ("correctness", "publication", "contact")}


def _plausible(day: date | None) -> date | None:
    if day and day < EARLIEST:
        raise ValidationError("Prüfen Sie das Jahr: Das Datum liegt vor 1900.", code="implausible")
    return day


def _token(partner: ProposalPartner) -> str:
    if partner.municipality_id:
        return f"m:{partner.municipality_id}"
    return f"f:{partner.kind}:{partner.country}:{partner.name}"


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _is_named(kind: str, country: str, name: str) -> bool:
    if kind not in dict(FREE_KINDS) or country not in Partner.Country.values or not 0 < len(name) <= 150:
        return False
    try:
        one_line(name)
        validate_readable(name)
    except ValidationError:
        return False
    return name == name.strip()


def _same(one: ProposalPartner, other: ProposalPartner) -> bool:
    if one.municipality_id or other.municipality_id:
        return one.municipality_id == other.municipality_id
    return one.name.casefold() == other.name.casefold()
