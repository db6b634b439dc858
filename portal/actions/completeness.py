"""What a proposal still lacks before the editors can take it over; the verbs ask, and the page lists it."""

from collections.abc import Iterator
from typing import NamedTuple

from portal import richtext
from portal.models import Proposal
from submissions.forms.text import too_long
from submissions.models import Partner


class Problem(NamedTuple):
    """A point that is open: the field where it is mended, what that is called, and what to do."""

    field: str
    label: str
    message: str


def problems(proposal: Proposal) -> list[Problem]:
    """Return everything that stands in the way, in the order of the form."""
    return [*_facts(proposal), *_partners(proposal), *_texts(proposal), *_contact(proposal)]


def foreign_pictures(proposal: Proposal) -> set[int]:
    """Return the numbers of pictures in the text that are not already in the published one."""
    return richtext.picture_numbers(proposal.body) - _published_pictures(proposal)


def rendered(proposal: Proposal) -> richtext.Rendered:
    """Return the text as a page shows it; pictures that are not in the published one are not shown to anybody."""
    return richtext.render(proposal.body, pictures=_published_pictures(proposal))


def _published_pictures(proposal: Proposal) -> set[int]:
    return richtext.picture_numbers(proposal.project.body) if proposal.project else set()


def _facts(proposal: Proposal) -> Iterator[Problem]:
    if not proposal.title:
        yield Problem("title", "Titel", "Geben Sie dem Projekt einen Titel.")
    if proposal.category_id is None:
        yield Problem("category", "Kategorie", "Wählen Sie eine Kategorie.")
    if proposal.lead_id is None:
        yield Problem("title", "Federführende Kommune", "Die federführende Kommune fehlt.")


def _partners(proposal: Proposal) -> Iterator[Problem]:
    rows = list(proposal.partners.all())
    if all(row.kind == Partner.Kind.COMPANY for row in rows):  # as for an entry
        message = "Nennen Sie mindestens eine Kommune, die mit der federführenden zusammenarbeitet."
        yield Problem("municipality", "Partner", message)
    if any(row.municipality_id == proposal.lead_id for row in rows if row.municipality_id):
        message = "Die federführende Kommune steht noch einmal in der Liste. Entfernen Sie sie dort."
        yield Problem("municipality", "Partner", message)


def _texts(proposal: Proposal) -> Iterator[Problem]:
    if not proposal.abstract.strip():
        yield Problem("abstract", "Kurzbeschreibung", "Schreiben Sie, worum es in dem Projekt geht.")
    elif excess := too_long(proposal.abstract, limit("abstract")):
        yield Problem("abstract", "Kurzbeschreibung", excess)
    if not proposal.body.strip():
        yield Problem("body", "Text", "Beschreiben Sie das Projekt.")
    elif excess := too_long(proposal.body, limit("body")):
        yield Problem("body", "Text", excess)
    elif foreign_pictures(proposal):
        message = "Im Text selbst sind keine Bilder vorgesehen. Laden Sie unter „Bild“ eines hoch."
        yield Problem("body", "Text", message)
    else:
        for message in richtext.render(proposal.body).problems:
            yield Problem("body", "Text", message)


def _contact(proposal: Proposal) -> Iterator[Problem]:
    reachable = proposal.contact_name and (proposal.contact_email or proposal.contact_phone)
    if proposal.contact_public and not reachable:
        message = (
            "Der Kontakt soll öffentlich sein: Nennen Sie einen Namen und eine E-Mail-Adresse oder Telefonnummer, oder "
            "nehmen Sie den Haken weg."
        )
        yield Problem("contact_name", "Ansprechperson", message)


def limit(name: str) -> int:
    """Return how many characters a text may have at most."""
    most = Proposal._meta.get_field(name).max_length  # type: ignore[union-attr]
    assert most
    return most
