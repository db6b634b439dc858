"""How a project's content is told line by line, and what differs between two of them; reads rows, writes nothing."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from landespreis import wording
from landespreis.textdiff import Segment, paragraphs, segments
from portal.models import Project, ProjectPartner, Proposal, ProposalPartner, Topic
from submissions.models import Partner

Partners = Iterable[ProjectPartner | ProposalPartner]
Paragraphs = list[list[Segment]]
FIELDS = (
    "title", "category", "lead", "department", "abstract", "body", "legal_form", "agreed_on", "state", "state_since",
    "website", "contact_name", "contact_email", "contact_phone", "contact_public", "picture",
)  # fmt: skip
"""In the order of the form; partners stand behind the lead, topics behind the category."""


class Line(NamedTuple):
    """A label and what stands there, as a person reads it; «» for nothing."""

    name: str
    label: str
    text: str


class Change(NamedTuple):
    """A line that two contents tell differently, each cut where it differs."""

    label: str
    before: Paragraphs
    after: Paragraphs


def lines(content: Project | Proposal, partners: Partners, topics: Iterable[Topic]) -> list[Line]:
    """Tell everything that a project's page is made of; `partners` and `topics` may be those of an unsaved form."""
    found: list[Line] = []
    for name in FIELDS:
        found.append(Line(name, label(name), _shown(content, name)))
        if name == "category":
            found.append(Line("topics", "Themen", ", ".join(sorted(topic.name for topic in topics))))
        elif name == "lead":
            found.append(Line("partners", "Partner", "\n".join(partner_line(partner) for partner in partners)))
    return found


def stored(content: Project | Proposal) -> list[Line]:
    """Tell a content with the partners and topics that are stored with it."""
    partners: Partners = content.partners.select_related("municipality")
    return lines(content, partners, content.topics.all())


def changes(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """Return the lines that differ, in their order; both tell the same names."""
    return list(_changes(before, after))


def label(name: str) -> str:
    """Return what a field is called, as it stands at the beginning of a line."""
    said = str(Proposal._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return said[:1].upper() + said[1:]


def partner_line(partner: ProjectPartner | ProposalPartner) -> str:
    """Return «Stadt Soest», or «Gemeente Venlo (Kommune außerhalb von Nordrhein-Westfalen, Niederlande)»."""
    if partner.kind == Partner.Kind.REGISTER:
        return partner.label
    kind = Partner.Kind(partner.kind).label
    country = "" if partner.country == Partner.Country.DE else f", {Partner.Country(partner.country).label}"
    return f"{partner.label} ({kind}{country})"


def _changes(before: Iterable[Line], after: Iterable[Line]) -> Iterator[Change]:
    for old, new in zip(before, after, strict=True):
        if old.text != new.text:
            left, right = segments(old.text, new.text)
            yield Change(new.label, paragraphs(left), paragraphs(right))


def _shown(content: Project | Proposal, name: str) -> str:
    value: Any = getattr(content, name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, date):
        return wording.day(value)
    if name in {"legal_form", "state"}:
        return str(dict(Proposal._meta.get_field(name).flatchoices)[value])  # type: ignore[union-attr]
    return f"{value} ({value.credit})" if name == "picture" else str(value)
