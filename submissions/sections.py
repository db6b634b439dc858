"""The sections of the form in their order: four of facts, the abstract, the round's questions, the files."""

from collections.abc import Sequence
from dataclasses import dataclass

from submissions.models import Question


@dataclass(frozen=True)
class SectionSpec:
    """One page of the form. `fields` are the entry's columns it saves; empty for partners and files."""

    key: str
    title: str
    short: str
    group: str
    fields: tuple[str, ...] = ()
    question: Question | None = None


PROJECT, TEXTS, PROOFS = "Das Projekt", "Die Texte", "Nachweise"

FACTS = (
    SectionSpec(
        "titel",
        "Kategorie und Titel",
        "Kategorie und Titel",
        PROJECT,
        ("category", "title"),
    ),
    SectionSpec(
        "kommune",
        "Kommune und Ansprechperson",
        "Kommune und Ansprechperson",
        PROJECT,
        (
            "lead",
            "department",
            "contact_name",
            "contact_email",
            "contact_phone",
            "contact_public",
        ),
    ),
    SectionSpec("partner", "Partner", "Partner", PROJECT),
    SectionSpec(
        "rechtsform",
        "Rechtsform und Vereinbarung",
        "Rechtsform und Vereinbarung",
        PROJECT,
        (
            "legal_form",
            "controlled",
            "agreed_on",
            "state",
            "state_since",
            "funding",
            "website",
        ),
    ),
    SectionSpec(
        "kurzbeschreibung",
        "Kurzbeschreibung für die Öffentlichkeit",
        "Kurzbeschreibung",
        TEXTS,
        ("abstract",),
    ),
)
FILES = SectionSpec("dateien", "Dateien", "Dateien", PROOFS)


def of(questions: Sequence[Question]) -> tuple[SectionSpec, ...]:
    """Return all sections of a form that asks `questions`."""
    texts = (SectionSpec(q.key, q.title, q.short_title, TEXTS, question=q) for q in questions)
    return (*FACTS, *texts, FILES)
