"""Projects of the demo's directory: those of the files, and entries of the award once the jury reads them."""

import re
import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from accounts.models import Municipality, User
from jury.models import Decision
from landespreis import clock, inspection
from landespreis.demo import papers
from portal import entries
from portal.actions import adoption, pictures, prizes, projects, publishing
from portal.demo.content import BEGINNING, EDITOR, WRITTEN_BEFORE
from portal.models import Picture, Project, ProjectCategory, ProjectPartner, Topic
from submissions.models import Round, Submission

OFFICE = "renate.vollmer@geschaeftsstelle.example"
SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_projects"
"""A file per category, named like its key."""
MARKS = Path(settings.BASE_DIR) / "data" / "demo_topics.toml"
MOST_TOPICS = 2
ADOPTED = 4
"""How many entries of the award are taken over beside the winners."""
PLAIN = (
    "title", "department", "legal_form", "agreed_on", "state", "state_since", "website", "origin", "edition",
    "prize_year", "is_funded", "funding", "published_at",
)  # fmt: skip


def fill(until: datetime) -> None:
    """Fill categories, topics, and the projects that are out at `until`."""
    rows = [(file.stem, row) for file in sorted(SHIPPED.glob("*.toml")) for row in _read(file)]
    rows = [(category, row) for category, row in rows if row["published_at"] <= until]
    clock.set_now(min([BEGINNING, *(row["published_at"] - WRITTEN_BEFORE for _, row in rows)]))
    call_command("load_directory", verbosity=0, stdout=StringIO())
    categories = {category.key: category for category in ProjectCategory.objects.all()}
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    known = {municipality.ags: municipality for municipality in Municipality.objects.exclude(ags=None)}
    editor = User.objects.filter(email=EDITOR).first()
    for category, row in sorted(rows, key=lambda pair: pair[1]["published_at"]):
        clock.set_now(row["published_at"] - WRITTEN_BEFORE)
        projects.save(
            Project(
                **{name: row[name] for name in PLAIN if name in row},
                **{f"contact_{name}": value for name, value in row.get("contact", {}).items()},
                category=categories[category],
                lead=known[row["lead"]],
                abstract=" ".join(row["abstract"].split()),
                body=row["body"].strip(),
                picture=_picture(row["picture"], editor) if "picture" in row else None,
            ),
            partners=list(_partners(row, known)),
            topics=[topics[slug] for slug in row["topics"]],
        )
    clock.set_now(until)
    _adopted(until)


def _read(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["projects"]
    return rows


def _picture(row: dict[str, Any], editor: User | None) -> Picture:
    examined = inspection.examine_image(BytesIO(papers.mosaic(row["seed"])))
    return pictures.add(Picture(alt=row["alt"], credit=row["credit"]), examined, by=editor)


def _partners(row: dict[str, Any], known: dict[str | None, Municipality]) -> Iterable[ProjectPartner]:
    for ags in row["partners"]:
        yield ProjectPartner(municipality=known[ags])
    for other in row.get("others", []):
        yield ProjectPartner(**other)


def _topics(project: Project) -> list[Topic]:
    """Return the topics of which an adopted entry speaks first, as an editor would choose them."""
    words = re.findall(r"\w+", f"{project.title} {project.abstract}".casefold())
    marks = tomllib.loads(MARKS.read_text(encoding="utf-8"))
    first = {
        slug: min((place for place, word in enumerate(words) if word.startswith(tuple(known))), default=None)
        for slug, known in marks.items()
    }
    places = sorted((place, slug) for slug, place in first.items() if place is not None)
    return list(Topic.objects.filter(slug__in=[slug for _, slug in places[:MOST_TOPICS]]))


def _adopted(until: datetime) -> None:
    """Take over entries of the award once the jury reads them; they come out, with prizes, when the embargo ends."""
    round_, office = Round.objects.current(), User.objects.filter(email=OFFICE).first()
    if not round_ or not office or until < round_.closes_at:
        return
    won = Decision.objects.filter(session__category__round=round_, locked_at__isnull=False)
    winning = Submission.objects.filter(pk__in=won.filter(winner__in=entries.released()).values("winner"))
    chosen = [*entries.waiting().exclude(pk__in=winning)[:ADOPTED], *winning.order_by("number")]
    for minute, entry in enumerate(chosen):
        clock.set_now(min(until, round_.embargo_until + timedelta(minutes=minute)))
        adopted = adoption.adopt(entry, by=office)
        project = projects.save(adopted, topics=_topics(adopted))
        if until >= round_.embargo_until:
            publishing.publish(project, by=None)
    clock.set_now(until)
    prizes.award_due()
