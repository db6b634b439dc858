"""Proposals of the demo's municipalities: one that waits, one that was handed back, one that is only begun."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Municipality, User
from landespreis import clock
from portal.actions import proposals
from portal.demo.content import EDITOR
from portal.models import ProjectCategory, Proposal, ProposalPartner, Topic

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_proposals.toml"
ANSWERED = timedelta(days=4)
"""After how long the editors answer."""
DECLARED = proposals.Declarations(correctness=True, publication=True, contact=False)


def fill(until: datetime) -> None:
    """Fill what was proposed until then, by people who are there."""
    for row in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["proposals"]:
        person = User.objects.filter(email=row["by"]).first()
        if person and row["at"] <= until:
            clock.set_now(row["at"])
            _propose(row, person, until)
    clock.set_now(until)


def _propose(row: dict[str, Any], person: User, until: datetime) -> None:
    begun = proposals.start(by=person, municipality=Municipality.objects.get(ags=row["lead"]))
    values = {
        "title": row["title"],
        "category": ProjectCategory.objects.filter(key=row.get("category", "")).first(),
        "department": row.get("department", ""),
        "abstract": " ".join(row["abstract"].split()),
        "body": row["body"].strip(),
    }
    partners = [ProposalPartner(municipality=Municipality.objects.get(ags=ags)) for ags in row["partners"]]
    topics = Topic.objects.filter(slug__in=row["topics"])
    written = proposals.save(begun, values, partners=partners, topics=topics, by=person, revision=0)
    if row["state"] != "draft":
        _decide(proposals.submit(written, DECLARED, by=person, seen=proposals.seen(written)), row, until)


def _decide(proposal: Proposal, row: dict[str, Any], until: datetime) -> None:
    editor = User.objects.filter(email=EDITOR).first()
    if row["state"] == "returned" and editor and row["at"] + ANSWERED <= until:
        clock.set_now(row["at"] + ANSWERED)
        proposals.hand_back(proposal, reason=row["reason"], by=editor, seen=proposals.seen(proposal))
