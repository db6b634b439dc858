"""The sections of the entry as forms: one form class per section of facts, one for every text."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Municipality
from landespreis import wording
from submissions.actions import entries
from submissions.forms.text import LineField, LongTextField, count_line, too_long
from submissions.models import Category, Submission
from submissions.sections import SectionSpec

FEW = 6
"""Up to this many choices are shown at once; more become a list to open."""
EARLIEST = date(1900, 1, 1)


class SectionForm(forms.Form):
    """What all sections share: nothing is required in a draft, and what is well-formed can be saved without the rest.

    `revision` is the state of the section the page was opened with, `sitting` names that opened page.
    """

    intro = ""
    is_text = False
    revision = forms.IntegerField(label="Stand dieser Seite", required=False, widget=forms.HiddenInput)
    sitting = forms.CharField(label="Stand dieser Seite", required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, entry: Submission, spec: SectionSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.spec = spec
        self.build()

    def build(self) -> None:
        """Fill in what depends on the entry and its round."""

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the fields without errors, in the shape `entries.save_section` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"revision", "sitting"}}

    @property
    def opened_revision(self) -> int:
        revision = self.cleaned_data.get("revision")
        return -1 if revision is None else revision

    @property
    def opened_sitting(self) -> str:
        return self.cleaned_data.get("sitting") or ""

    def answers(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return label and shown value of every field, for reading and comparing; `values` are cleaned ones."""
        return [(str(field.label), self.shown(name, values.get(name))) for name, field in self.facts()]

    def facts(self) -> list[tuple[str, forms.Field]]:
        return [(name, field) for name, field in self.fields.items() if name not in {"revision", "sitting"}]

    def shown(self, name: str, value: Any) -> str:
        """Return a value as a person reads it; empty for one that was not given."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return "ja" if value else "nein"
        if isinstance(value, date):
            return wording.day(value)
        choices = getattr(self.fields[name], "choices", ())
        labels = {} if hasattr(value, "pk") else dict(choices)
        return str(labels.get(value, value))


class TitleForm(SectionForm):
    intro = "Der Titel steht auf allem, was Jury und Öffentlichkeit von Ihrem Projekt sehen."
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label="Kategorie",
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Wählen Sie eine der angebotenen Kategorien."},
    )
    title = LineField(
        label="Titel",
        max_length=150,
        widget=forms.Textarea({"rows": 2, "cols": 40}),
        help_text="Höchstens 150 Zeichen. Nennen Sie den Namen der Zusammenarbeit und worum es geht.",
    )

    def build(self) -> None:
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.optional = False  # type: ignore[attr-defined]
        category.queryset = Category.objects.filter(round_id=self.entry.round_id)


class MunicipalityForm(SectionForm):
    intro = "Federführend ist die Kommune, die einreicht und den Preis entgegennimmt."
    lead = forms.ModelChoiceField(
        Municipality.objects.none(),
        label="Federführende Kommune",
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        help_text="Zur Wahl stehen die Kommunen, für die Sie oder Mitwirkende laut Konto arbeiten.",
        error_messages={"invalid_choice": "Wählen Sie eine der angebotenen Kommunen."},
    )
    department = LineField(label="Fachbereich", max_length=120, help_text="Wer das Projekt in Ihrer Kommune führt.")
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
        help_text="Ohne Haken sieht nur die Geschäftsstelle Namen, E-Mail-Adresse und Telefon.",
    )

    def build(self) -> None:
        self.fields["contact_email"].optional = False  # type: ignore[attr-defined]
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.optional = False  # type: ignore[attr-defined]
        keys = {membership.municipality_id for membership in entries.leads(self.entry)}
        if self.entry.lead_id:
            keys.add(self.entry.lead_id)
        lead.queryset = Municipality.objects.filter(pk__in=keys)
        if len(keys) > FEW:
            lead.empty_label = "Bitte wählen"
            lead.widget = forms.Select()
            lead.widget.choices = lead.choices


class AgreementForm(SectionForm):
    intro = "Die Rechtsform entscheidet nicht über die Teilnahme. Nur private Rechtsformen müssen Kommunen beherrschen."
    legal_form = forms.ChoiceField(
        label="Rechtsform",
        required=False,
        choices=Submission.LegalForm.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Wählen Sie eine der angebotenen Rechtsformen."},
    )
    controlled = forms.TypedChoiceField(
        label="Beherrschen Kommunen die Gesellschaft?",
        required=False,
        choices=[("True", "ja"), ("False", "nein")],
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="Nur bei einer GmbH oder einer anderen privaten Rechtsform nötig.",
        error_messages={"invalid_choice": "Wählen Sie ja oder nein."},
    )
    agreed_on = forms.DateField(
        label="Vereinbart am",
        required=False,
        help_text="Tag der Unterschrift oder des letzten Beschlusses, den die Zusammenarbeit brauchte.",
    )
    state = forms.ChoiceField(
        label="Stand der Umsetzung",
        required=False,
        choices=Submission.State.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Wählen Sie einen der angebotenen Stände."},
    )
    state_since = forms.DateField(
        label="Im Betrieb seit",
        required=False,
        help_text="Nur nötig, wenn das Projekt im Betrieb ist. Kennen Sie nur den Monat, nehmen Sie den ersten Tag.",
    )
    funding = LineField(
        label="Frühere Förderung",
        max_length=500,
        widget=forms.Textarea({"rows": 3, "cols": 40}),
        help_text="Programm, Jahr und Betrag in wenigen Worten. Eine Förderung schließt nicht aus.",
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

    def build(self) -> None:
        for name in ("legal_form", "agreed_on", "state", "controlled", "state_since"):
            self.fields[name].optional = False  # type: ignore[attr-defined]
        self.fields["funding"].optional = True  # type: ignore[attr-defined]
        for name in ("agreed_on", "state_since"):
            field = self.fields[name]
            assert isinstance(field, forms.DateField)
            field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            field.input_formats = ["%Y-%m-%d", "%d.%m.%Y"]
            field.error_messages["invalid"] = "Geben Sie ein Datum an, das es gibt, zum Beispiel 14.03.2023."

    def clean_agreed_on(self) -> date | None:
        return _plausible(self.cleaned_data["agreed_on"])

    def clean_state_since(self) -> date | None:
        return _plausible(self.cleaned_data["state_since"])

    def clean_website(self) -> str:
        website: str = self.cleaned_data["website"]
        if website and not website.startswith(("https://", "http://")):
            raise ValidationError("Geben Sie eine Adresse an, die mit https:// beginnt.", code="scheme")
        return website


class TextForm(SectionForm):
    """One long text: the answer to a question, or the abstract."""

    is_text = True
    name = "text"

    def build(self) -> None:
        question = self.spec.question
        assert question is not None
        self.intro = question.intro
        self.fields[self.name] = LongTextField(
            label=question.prompt, help_text=question.help, limit=question.max_characters
        )
        self.fields[self.name].optional = not question.required  # type: ignore[attr-defined]

    @property
    def field(self) -> forms.BoundField:
        return self[self.name]

    @property
    def limit(self) -> int:
        field = self.fields[self.name]
        assert isinstance(field, LongTextField)
        return field.limit

    @property
    def excess(self) -> str:
        """What to do about a text over its limit; such a text can be saved but not submitted."""
        return too_long(self.text, self.limit)

    @property
    def summary(self) -> list[dict[str, str]]:
        """What the list of errors says: one sentence without the question, which is long."""
        target = self.field.id_for_label
        if self.excess and list(self.errors) == [self.name]:
            surplus = wording.number(len(self.text) - self.limit)
            return [{"target": target, "label": "", "message": f"Ihr Text ist {surplus} Zeichen zu lang."}]
        return [{"target": target, "label": "", "message": str(error)} for error in self.field.errors]

    @property
    def text(self) -> str:
        """The text as the page shows it, with line ends as they are counted."""
        field = self.fields[self.name]
        assert isinstance(field, LongTextField)
        return field.to_python(self.field.value())

    @property
    def count(self) -> str:
        return count_line(self.text, self.limit)


class AbstractForm(TextForm):
    name = "abstract"

    def build(self) -> None:
        self.intro = (
            "So stellen wir Ihr Projekt öffentlich vor, wenn Sie dem beim Einreichen zustimmen. "
            "Schreiben Sie für Menschen, die das Thema nicht kennen."
        )
        self.fields[self.name] = LongTextField(
            label="Worum geht es, wer macht mit, was ist das Ergebnis?",
            help_text="Drei bis fünf Sätze ohne Abkürzungen genügen.",
            limit=self.entry.round.max_abstract,
            rows=8,
        )


FACT_FORMS: dict[str, type[SectionForm]] = {
    "titel": TitleForm,
    "kommune": MunicipalityForm,
    "rechtsform": AgreementForm,
    "kurzbeschreibung": AbstractForm,
}


def opened(entry: Submission, spec: SectionSpec, values: Mapping[str, Any], revision: int) -> SectionForm:
    """Return the form of a section as it is opened: filled with `values`, with a fresh sitting.

    A text over its limit is opened with what to do about it.
    """
    initial = {**values, "revision": revision, "sitting": uuid.uuid4().hex}
    form = _form_class(spec)(entry, spec, initial=initial)
    if not isinstance(form, TextForm) or not form.excess:
        return form
    bound = sent(entry, spec, initial)
    bound.add_error(form.name, form.excess)
    return bound


def sent(entry: Submission, spec: SectionSpec, data: Mapping[str, Any]) -> SectionForm:
    """Return the form of a section bound to what was sent."""
    return _form_class(spec)(entry, spec, data)


def revived(entry: Submission, spec: SectionSpec, portable: Mapping[str, Any]) -> dict[str, Any]:
    """Return cleaned values again from those a Variant keeps; what is no longer valid is left out."""
    form = sent(entry, spec, {name: "" if value is None else str(value) for name, value in portable.items()})
    form.is_valid()
    return {name: value for name, value in form.values.items() if name in portable}


def _form_class(spec: SectionSpec) -> type[SectionForm]:
    return TextForm if spec.question else FACT_FORMS[spec.key]


def _plausible(day: date | None) -> date | None:
    if day and day < EARLIEST:
        raise ValidationError("Prüfen Sie das Jahr: Das Datum liegt vor 1900.", code="implausible")
    return day
