"""The shape of what editors enter about a project of the directory, and about its partners."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect, AdminTextInputWidget
from django.core.exceptions import ValidationError

from accounts.fields import MunicipalityField
from accounts.forms import MUNICIPALITY_HELP, one_line
from landespreis import clock
from landespreis.refusal import Refused
from portal import provenance
from portal.actions import projects as verbs
from portal.forms.editing import PublishedForm
from portal.forms.richtext import RichTextField
from portal.models import Project, ProjectPartner
from submissions.forms.partners import FREE_KINDS
from submissions.models import Partner

MOST_PARTNERS = 100
ORIGINS = [
    (Project.Origin.FUNDED.value, "geförderte Kooperation"),
    (Project.Origin.PROPOSED.value, "andere Kooperation, von einer Kommune vorgeschlagen"),
    (Project.Origin.AWARD.value, "Beitrag zu einem früheren Landespreis"),
]
ONLY_CONSENT = "Nur mit Einwilligung der genannten Person."


class ProjectForm(PublishedForm):
    title = forms.CharField(label="Titel", max_length=150, validators=[one_line], widget=AdminTextInputWidget)
    origin = forms.ChoiceField(
        label="Herkunft",
        choices=ORIGINS,
        widget=AdminRadioSelect,
        help_text="Beiträge zum laufenden Landespreis tragen Sie nicht von Hand ein. Übernehmen Sie sie aus der Liste.",
        error_messages={"required": "Wählen Sie, woher das Projekt kommt."},
    )
    lead = MunicipalityField(label="federführende Kommune", required=False, help_text=MUNICIPALITY_HELP)
    body = RichTextField(label="Text", max_length=30_000, required=False)
    website = forms.URLField(
        label="Internetseite",
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"class": "vTextField"}),
    )

    class Media:
        css = {"all": ["css/directory-admin.css"]}

    class Meta:
        model = Project
        fields = (
            "title", "slug", "origin", "category", "topics", "lead", "department", "abstract", "body", "picture",
            "legal_form", "agreed_on", "state", "state_since", "website", "edition", "prize_year", "is_funded",
            "funding", "contact_name", "contact_email", "contact_phone", "contact_public", "published_at",
        )  # fmt: skip
        widgets = {"topics": forms.CheckboxSelectMultiple}
        help_texts = dict.fromkeys(("contact_name", "contact_email", "contact_phone"), ONLY_CONSENT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["lead"] = self.instance.lead
        self.fields["lead"].widget.attrs["class"] = "vTextField"

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in verbs.RESERVED:
            raise ValidationError(f"Die Adresse „{slug}“ ist schon vergeben. Wählen Sie eine andere.")
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("origin") == Project.Origin.FUNDED:
            data["is_funded"] = True
        if data.get("contact_public") and not (data.get("contact_name") and data.get("contact_email")):
            self.add_error("contact_public", "Veröffentlichen lässt sich ein Kontakt mit Name und E-Mail-Adresse.")
        if data.get("state_since") and data.get("state") != "betrieb":
            self.add_error("state_since", "Das Datum gilt für den Stand „im Betrieb“. Wählen Sie ihn, oder leeren Sie.")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Leave an empty address to the verb, which makes one from the title."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude if self.cleaned_data.get("slug") else exclude | {"slug"}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for field, said in provenance.problems(self.instance, clock.now()).items():
            self.add_error(field if field in self.fields else None, said)
        try:
            verbs.require_released(self.instance)
        except Refused as refusal:
            self.add_error("published_at", refusal.message)


class PartnerForm(forms.ModelForm[ProjectPartner]):
    """A partner chosen from the register, or named freely with kind and country."""

    municipality = MunicipalityField(
        label="Kommune aus dem Verzeichnis", required=False, offers_register=False, help_text=MUNICIPALITY_HELP
    )
    name = forms.CharField(
        label="oder Name",
        max_length=150,
        required=False,
        validators=[one_line],
        widget=AdminTextInputWidget,
        help_text="Für Partner, die nicht im Verzeichnis stehen, zum Beispiel „Gemeente Venlo“ oder ein Zweckverband.",
    )
    kind = forms.ChoiceField(label="Art", choices=[("", "aus dem Verzeichnis"), *FREE_KINDS], required=False)

    class Meta:
        model = ProjectPartner
        fields = ("municipality", "name", "kind", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["municipality"] = self.instance.municipality
        if self.instance.kind == Partner.Kind.REGISTER:
            self.initial["kind"] = ""
        self.fields["municipality"].widget.attrs["class"] = "vTextField"

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "municipality" in self.errors or "name" in self.errors:
            return data
        if data.get("municipality"):
            if data.get("name"):
                self.add_error("name", "Wählen Sie die Kommune aus dem Verzeichnis, oder nennen Sie einen Namen.")
            return data | {"kind": Partner.Kind.REGISTER, "country": Partner.Country.DE}
        if not data.get("name"):
            self.add_error("municipality", "Nennen Sie den Partner, oder entfernen Sie die Zeile.")
        elif not data.get("kind"):
            self.add_error("kind", "Wählen Sie die Art des Partners.")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Leave to the whole list whether somebody stands in it twice: all its rows are written anew."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude | {"project"}


class PartnerFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """The partners of a project as one list, in which nobody stands twice."""

    @property
    def rows(self) -> list[ProjectPartner]:
        """What is to be stored, in its order; after validation."""
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [form.instance for form in kept]

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if not data or data.get("DELETE") or form.errors:
                continue
            who = data.get("municipality") or data["name"].casefold()
            if who in seen:
                form.add_error("municipality" if data.get("municipality") else "name", "Dieser Partner steht doppelt.")
            if who == self.instance.lead:
                form.add_error("municipality", "Diese Kommune ist schon federführend. Entfernen Sie die Zeile.")
            seen.add(who)
        if len(seen) > MOST_PARTNERS:
            raise ValidationError(f"Mehr als {MOST_PARTNERS} Partner lassen sich nicht eintragen.")
        if any(form.errors for form in self.forms):
            raise ValidationError("Prüfen Sie die Partner mit einer Meldung.")

    def validate_unique(self) -> None:
        """Said in `clean`, at the row that stands twice."""
