"""The partners of a proposal as its page shows and sends them, all in one list."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError

from accounts.forms import one_line
from accounts.models import Municipality
from portal.models import ProposalPartner
from submissions.forms.partners import FREE_KINDS
from submissions.forms.text import validate_readable
from submissions.models import Partner


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


def same(one: ProposalPartner, other: ProposalPartner) -> bool:
    if one.municipality_id or other.municipality_id:
        return one.municipality_id == other.municipality_id
    return one.name.casefold() == other.name.casefold()
