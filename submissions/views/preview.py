"""The form of a round as the people of an entry will see it, all on one page, to look at before it opens."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from submissions import sections
from submissions.forms import sections as section_forms
from submissions.forms.files import UploadForm
from submissions.forms.handing_in import DeclarationForm
from submissions.forms.partners import NamedPartnerForm, RegisterPartnerForm
from submissions.models import Criterion, Round, Submission
from submissions.sections import SectionSpec

PARTNERS_INTRO = "Nennen Sie mindestens eine Kommune, die mit der federführenden zusammenarbeitet."
FILES_INTRO = (
    "Laden Sie hier die Bestätigung der Gremien, Bilder und Anlagen hoch. Zu jedem Bild gehören ein Alternativtext und "
    "die Bildrechte."
)


@dataclass(frozen=True)
class Section:
    """A section of the form with everything that surrounds its fields; `forms` are one or two, with their headings."""

    spec: SectionSpec
    place: int
    intro: str
    forms: list[tuple[str, Any]]
    is_text: bool = False

    @property
    def criterion(self) -> Criterion | None:
        return self.spec.question.criterion if self.spec.question else None

    @property
    def example(self) -> str:
        return self.spec.question.example if self.spec.question else ""


def form(request: HttpRequest, round: Round, *, back: str) -> HttpResponse:
    """Show all sections with their hints, the limits and the declarations; nothing can be filled in or sent."""
    assert isinstance(request.user, User)
    entry = Submission(round=round, owner=request.user)
    specs = sections.of(list(round.questions.select_related("criterion")))
    shown = [_section(entry, spec, place) for place, spec in enumerate(specs, start=1)]
    declarations = _locked(DeclarationForm(), "erklaerung")
    context = {
        "round": round,
        "back": back,
        "groups": [(title, list(rows)) for title, rows in groupby(shown, lambda row: row.spec.group)],
        "count": len(shown),
        "declarations": declarations,
    }
    return render(request, "submissions/preview.html", context)


def _section(entry: Submission, spec: SectionSpec, place: int) -> Section:
    if spec.key == "partner":
        own = [
            ("", _locked(RegisterPartnerForm(), "partner")),
            ("Partner, der nicht im Verzeichnis steht", _locked(NamedPartnerForm(), "partner_frei")),
        ]
        return Section(spec, place, PARTNERS_INTRO, own)
    if spec.key == "dateien":
        return Section(spec, place, FILES_INTRO, [("", _locked(UploadForm(entry.round), "dateien"))])
    opened = section_forms.opened(entry, spec, {}, 0)
    if "lead" in opened.fields:
        lead = opened.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.choices = [("konto", "Ihre Kommune laut Konto")]
    return Section(spec, place, opened.intro, [("", _locked(opened, spec.key))], is_text=opened.is_text)


def _locked(form: forms.Form, name: str) -> forms.Form:
    """Return the form with ids of its own on the page, and nothing to fill in."""
    form.auto_id = f"id_{name}_%s"
    for field in form.fields.values():
        field.disabled = True
    return form
