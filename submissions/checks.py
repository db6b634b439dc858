"""What an entry still lacks before it can be submitted, and how far each section is: pure, of a draft and a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from landespreis import wording
from landespreis.clock import BERLIN
from submissions.draft import Draft
from submissions.models import Attachment, Submission
from submissions.sections import SectionSpec


class Progress(StrEnum):
    EMPTY = "empty"
    BEGUN = "begun"
    DONE = "done"

    @property
    def label(self) -> str:
        return {"empty": "leer", "begun": "begonnen", "done": "vollständig"}[self.value]


@dataclass(frozen=True)
class Problem:
    """Something that keeps the entry from being submitted.

    `task` is the link on the overview («Titel eintragen»), `message` the sentence on the check page, `field` the
    name of the form field it is about (empty: the section as a whole).
    """

    section: str
    task: str
    message: str
    field: str = ""

    @property
    def anchor(self) -> str:
        return f"#id_{self.field}" if self.field else ""


def problems(draft: Draft, now: datetime) -> list[Problem]:
    """Return every problem there is at `now` in the order of the form; an empty list means it can be submitted."""
    today = now.astimezone(BERLIN).date()
    return [
        *_title(draft),
        *_lead(draft),
        *_partners(draft),
        *_agreement(draft, today),
        *_abstract(draft),
        *_answers(draft),
        *_files(draft),
    ]


def progress(draft: Draft, spec: SectionSpec, open_problems: list[Problem]) -> Progress:
    """Return how far a section is; `open_problems` are those of the whole draft."""
    if not _touched(draft, spec):
        return Progress.EMPTY
    return Progress.BEGUN if any(p.section == spec.key for p in open_problems) else Progress.DONE


def _touched(draft: Draft, spec: SectionSpec) -> bool:
    if spec.question:
        return bool(draft.answers.get(spec.key, "").strip())
    if spec.key == "partner":
        return bool(draft.partners)
    if spec.key == "dateien":
        return bool(draft.files)
    return any(getattr(draft.entry, field) not in (None, "", False) for field in spec.fields)


def _title(draft: Draft) -> Iterator[Problem]:
    entry = draft.entry
    if not entry.category_id:
        yield Problem("titel", "Kategorie wählen", "Die Kategorie fehlt.", "category")
    if not entry.title.strip():
        yield Problem("titel", "Titel eintragen", "Der Titel fehlt.", "title")


def _lead(draft: Draft) -> Iterator[Problem]:
    entry = draft.entry
    if not entry.lead_id:
        yield Problem(
            "kommune",
            "Federführende Kommune wählen",
            "Die federführende Kommune fehlt.",
            "lead",
        )
    for field, task, message in (
        ("department", "Fachbereich eintragen", "Der Fachbereich fehlt."),
        ("contact_name", "Ansprechperson eintragen", "Die Ansprechperson fehlt."),
        (
            "contact_email",
            "E-Mail-Adresse der Ansprechperson eintragen",
            "Die E-Mail-Adresse fehlt.",
        ),
        (
            "contact_phone",
            "Telefonnummer der Ansprechperson eintragen",
            "Die Telefonnummer fehlt.",
        ),
    ):
        if not getattr(entry, field).strip():
            yield Problem("kommune", task, message, field)


def _partners(draft: Draft) -> Iterator[Problem]:
    entry = draft.entry
    if not any(partner.is_municipal for partner in draft.partners):
        yield Problem(
            "partner",
            "Mindestens eine Partnerkommune nennen",
            "Es fehlt ein kommunaler Partner. Nötig ist mindestens einer neben der federführenden Kommune.",
            "partner",
        )
    if entry.lead_id and any(partner.municipality_id == entry.lead_id for partner in draft.partners):
        yield Problem(
            "partner",
            "Federführende Kommune aus den Partnern nehmen",
            "Die federführende Kommune steht auch unter den Partnern. Bitte entfernen Sie sie dort.",
            "partner",
        )


def _agreement(draft: Draft, today: date) -> Iterator[Problem]:
    entry = draft.entry
    if not entry.legal_form:
        yield Problem("rechtsform", "Rechtsform wählen", "Die Rechtsform fehlt.", "legal_form")
    if entry.legal_form == Submission.LegalForm.PRIVATE and not entry.controlled:
        yield Problem(
            "rechtsform",
            "Kommunale Beherrschung angeben",
            "Private Rechtsformen sind nur zugelassen, wenn Kommunen sie beherrschen. Bitte prüfen Sie die Angabe.",
            "controlled",
        )
    yield from _agreed_on(entry, today)
    yield from _state(entry, today)


def _agreed_on(entry: Submission, today: date) -> Iterator[Problem]:
    if not entry.agreed_on:
        yield Problem(
            "rechtsform",
            "Datum der Vereinbarung eintragen",
            "Das Datum der Vereinbarung fehlt.",
            "agreed_on",
        )
    elif entry.agreed_on > today:
        yield Problem(
            "rechtsform",
            "Datum der Vereinbarung prüfen",
            f"Der {wording.day(entry.agreed_on)} kommt erst noch. Teilnehmen kann, was schon vereinbart ist. "
            "Nennen Sie den Tag der Unterschrift oder des letzten Beschlusses.",
            "agreed_on",
        )
    elif entry.round.contract_after and entry.agreed_on <= entry.round.contract_after:
        yield Problem(
            "rechtsform",
            "Datum der Vereinbarung prüfen",
            f"Zugelassen sind Vereinbarungen nach dem {wording.day(entry.round.contract_after)}.",
            "agreed_on",
        )


def _state(entry: Submission, today: date) -> Iterator[Problem]:
    if not entry.state:
        yield Problem(
            "rechtsform",
            "Stand der Umsetzung wählen",
            "Der Stand der Umsetzung fehlt.",
            "state",
        )
    if entry.state != Submission.State.RUNNING:
        return
    if not entry.state_since:
        yield Problem(
            "rechtsform",
            "Beginn des Betriebs eintragen",
            "Der Beginn des Betriebs fehlt.",
            "state_since",
        )
    elif entry.state_since > today:
        yield Problem(
            "rechtsform",
            "Beginn des Betriebs prüfen",
            f"Der {wording.day(entry.state_since)} kommt erst noch. Wählen Sie „in Umsetzung“, solange der Betrieb "
            "nicht begonnen hat, oder nennen Sie den Tag, an dem er begann.",
            "state_since",
        )


def _abstract(draft: Draft) -> Iterator[Problem]:
    text, limit = draft.entry.abstract, draft.entry.round.max_abstract
    if not text.strip():
        yield Problem(
            "kurzbeschreibung",
            "Kurzbeschreibung schreiben",
            "Der Text fehlt.",
            "abstract",
        )
    elif len(text) > limit:
        yield _too_long("kurzbeschreibung", "Kurzbeschreibung", "abstract", len(text), limit)


def _answers(draft: Draft) -> Iterator[Problem]:
    for question in draft.questions:
        text = draft.answers.get(question.key, "")
        if question.required and not text.strip():
            yield Problem(question.key, f"„{question.title}“ schreiben", "Der Text fehlt.", "text")
        elif len(text) > question.max_characters:
            yield _too_long(
                question.key,
                f"„{question.title}“",
                "text",
                len(text),
                question.max_characters,
            )


def _too_long(section: str, title: str, field: str, length: int, limit: int) -> Problem:
    surplus = wording.number(length - limit)
    return Problem(
        section,
        f"{title} um {surplus} Zeichen kürzen",
        f"Der Text ist {surplus} Zeichen zu lang.",
        field,
    )


def _files(draft: Draft) -> Iterator[Problem]:
    if draft.entry.round.proof_required and not any(
        file.kind == Attachment.Kind.PROOF and file.scan != Attachment.Scan.INFECTED for file in draft.files
    ):
        yield Problem(
            "dateien",
            "Bestätigung hochladen",
            "Die Bestätigung der Gremienbeschlüsse fehlt.",
            "datei",
        )
    for file in draft.files:
        if file.scan == Attachment.Scan.INFECTED:
            continue
        if file.is_image and not file.alt.strip():
            yield Problem(
                "dateien",
                f"Alternativtext zum Bild {file.name} ergänzen",
                f"Bild {file.name}: Der Alternativtext fehlt.",
                f"alt_{file.pk}",
            )
        if file.is_image and not file.rights.strip():
            yield Problem(
                "dateien",
                f"Bildrechte zum Bild {file.name} ergänzen",
                f"Bild {file.name}: Die Bildrechte fehlen.",
                f"rights_{file.pk}",
            )
