"""The conditions of entry as the checklist of the formal check: each with what the portal sees by itself; pure.

What the portal sees is a hint. Whether a condition is met, a person judges.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from landespreis import wording
from submissions import sheet
from submissions.models import Attachment, Partner, Round, Submission
from submissions.payload import Payload

LASTING = ("langfristigkeit", "uebertragbarkeit")
"""Keys of the questions that speak to the last condition."""
SAVINGS = "sparkasse"


@dataclass(frozen=True)
class Frozen:
    """What the hints are read from: a frozen version, its round, and other entries of the same lead, named."""

    content: Payload
    round: Round
    others: Sequence[str] = ()

    @property
    def partners(self) -> list[dict[str, Any]]:
        return list(self.content["partners"])


@dataclass(frozen=True)
class Hint:
    """What the portal sees; `look` where somebody should look closely."""

    said: str
    look: bool = False


@dataclass(frozen=True)
class Condition:
    """One line of the checklist. `title` names it in lists, `question` is answered with yes where it is met."""

    key: str
    title: str
    question: str
    hint: Callable[[Frozen], Hint]


def _partners(frozen: Frozen) -> Hint:
    others = [row for row in frozen.partners if row["kind"] != Partner.Kind.COMPANY]
    number = len(others) + bool(frozen.content["lead"])
    named = f": {sheet.listed([sheet.partner(row) for row in others])}" if others else ""
    if number < 2:
        return Hint(f"Keine zwei{named}", look=True)
    return Hint(f"{wording.counted(number).capitalize()} mit der federführenden{named}")


def _agreed(frozen: Frozen) -> Hint:
    after, on = frozen.round.contract_after, frozen.content["agreed_on"]
    if on is None:
        return Hint("Kein Datum genannt", look=True)
    said = f"Vereinbart am {wording.day(date.fromisoformat(on))}"
    if after is None:
        return Hint(f"{said}; diese Runde hat keinen Stichtag")
    return Hint(f"{said}; Stichtag {wording.day(after)}", look=date.fromisoformat(on) <= after)


def _legal_form(frozen: Frozen) -> Hint:
    form, controlled = frozen.content["legal_form"], frozen.content["municipally_controlled"]
    if form is None:
        return Hint("Keine Rechtsform genannt", look=True)
    if form["key"] != Submission.LegalForm.PRIVATE:
        return Hint(str(form["label"]))
    said = {True: "ja", False: "nein"}.get(controlled, "keine Angabe")
    return Hint(f"{form['label']}, kommunal beherrscht: {said}", look=controlled is not True)


def _savings_banks(frozen: Frozen) -> Hint:
    lead = frozen.content["lead"]
    names = [frozen.content["title"], *(row["label"] for row in frozen.partners), *([lead["label"]] if lead else [])]
    found = [name for name in names if SAVINGS in name.casefold()]
    if found:
        return Hint(f"„Sparkasse“ steht in: {sheet.listed(found)}", look=True)
    return Hint("„Sparkasse“ steht weder im Titel noch unter den Beteiligten")


def _proof(frozen: Frozen) -> Hint:
    files = [row["name"] for row in frozen.content["files"] if row["kind"] == Attachment.Kind.PROOF]
    if files:
        return Hint(f"Datei: {sheet.listed(files)}")
    declared = frozen.content["declarations"].get("bodies")
    said = "Keine Datei, aber die Erklärung ist abgegeben" if declared else "Weder Datei noch Erklärung"
    return Hint(said, look=frozen.round.proof_required or not declared)


def _only_one(frozen: Frozen) -> Hint:
    if not frozen.others:
        return Hint("Keine andere Einreichung derselben Kommune")
    return Hint(f"Dieselbe Kommune führt auch: {sheet.listed(list(frozen.others))}", look=True)


def _lasting(frozen: Frozen) -> Hint:
    texts = [row for row in frozen.content["answers"] if row["key"] in LASTING]
    if not texts:
        return Hint("Diese Runde fragt nicht eigens danach; lesen Sie die Texte")
    told = [f"{row['title']}: {wording.number(row['characters'])} Zeichen" for row in texts]
    return Hint("; ".join(told), look=any(not row["text"].strip() for row in texts))


CONDITIONS = (
    Condition("partner", "Partner", "Arbeiten mindestens zwei Kommunen zusammen?", _partners),
    Condition("stichtag", "Stichtag", "Ist die Zusammenarbeit nach dem Stichtag vertraglich vereinbart?", _agreed),
    Condition(
        "rechtsform", "Rechtsform", "Ist die Rechtsform öffentlich oder die private kommunal beherrscht?", _legal_form
    ),
    Condition("sparkasse", "Sparkasse", "Ist es keine Zusammenarbeit von Sparkassen?", _savings_banks),
    Condition("nachweis", "Nachweis", "Ist belegt, dass die Gremien aller Beteiligten zugestimmt haben?", _proof),
    Condition("einzige", "eine je Kommune", "Ist es die einzige Einreichung der federführenden Kommune?", _only_one),
    Condition("dauer", "Dauer", "Ist das Projekt langfristig angelegt und auf andere übertragbar?", _lasting),
)
"""In the order of the checklist: the published conditions of entry, see docs/facts.md."""
KEYS = frozenset(condition.key for condition in CONDITIONS)
TITLES = {condition.key: condition.title for condition in CONDITIONS}


def hints(frozen: Frozen) -> dict[str, Hint]:
    """Return what the portal sees, by the key of the condition."""
    return {condition.key: condition.hint(frozen) for condition in CONDITIONS}


def to_look_at(found: dict[str, Hint]) -> Iterable[Condition]:
    """Yield the conditions somebody should look at closely."""
    return (condition for condition in CONDITIONS if found[condition.key].look)
