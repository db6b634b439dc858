"""The portal content of the demo, all invented: news by date, questions, talks to download, messages of visitors."""

import tomllib
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from accounts.models import User
from landespreis import clock, inspection
from landespreis.demo import papers
from portal.actions import downloads, faq, inquiries, news, pictures
from portal.models import Download, FaqEntry, FaqSection, Inquiry, News, NewsCategory, Picture

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_portal.toml"
WRITTEN_BEFORE = timedelta(days=2)
"""How long before it comes out an item is written; the next one to come out is always there already."""
BEGINNING = datetime(2025, 8, 1, 9, 0, tzinfo=clock.BERLIN)
"""When the portal got its pages and questions."""
EDITOR = "ines.hollmann@redaktion.example"


def fill(until: datetime) -> None:
    """Fill pages, questions, downloads, and the news that are out or come next at `until`."""
    data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    editor = User.objects.filter(email=EDITOR).first()
    clock.set_now(BEGINNING)
    call_command("load_pages", verbosity=0, stdout=_Silent())
    _questions(data["sections"])
    shown = {row["key"]: _picture(row, editor) for row in data["pictures"]}
    _downloads(data["downloads"], until)
    _news(data["categories"], data["news"], shown, until)
    _inquiries(data["inquiries"], until)


class _Silent:
    """Where a command may say what nobody wants to read."""

    def write(self, text: str) -> int:
        return len(text)


def _questions(sections: list[dict[str, Any]]) -> None:
    for place, row in enumerate(sections, start=1):
        section = faq.save_section(FaqSection(title=row["title"], position=place))
        for position, entry in enumerate(row["entries"], start=1):
            faq.save(FaqEntry(section=section, position=position, question=entry["q"], answer=entry["a"].strip()))


def _picture(row: dict[str, Any], editor: User | None) -> Picture:
    content = papers.gauge() if row["key"] == "pegel" else papers.mosaic(row["seed"])
    examined = inspection.examine_image(BytesIO(content))
    return pictures.add(Picture(alt=row["alt"], credit=row["credit"]), examined, by=editor)


def _downloads(rows: list[dict[str, Any]], until: datetime) -> None:
    for seed, row in enumerate(rows):
        if row["published_at"] > until:
            continue
        clock.set_now(row["published_at"])
        make = papers.talk if row["speaker"] else papers.leaflet
        content = make(row["title"], row["text"].strip(), seed)
        examined = inspection.examine_pdf(BytesIO(content))
        facts = {name: row[name] for name in ("title", "occasion", "held_on", "speaker", "description", "published_at")}
        downloads.save(Download(**facts), examined=examined, name=row["name"])


def _news(
    categories: list[dict[str, Any]], rows: list[dict[str, Any]], shown: dict[str, Picture], until: datetime
) -> None:
    known = {
        row["slug"]: NewsCategory.objects.create(position=place, **row) for place, row in enumerate(categories, start=1)
    }
    ahead = min((row["published_at"] for row in rows if row["published_at"] > until), default=None)
    for row in rows:
        if row["published_at"] > until and row["published_at"] != ahead:
            continue
        clock.set_now(min(row["published_at"] - WRITTEN_BEFORE, until))
        news.save(
            News(
                title=row["title"],
                lead=" ".join(row["lead"].split()),
                body=_with_numbers(row["body"].strip(), shown),
                category=known[row["category"]],
                picture=shown.get(row.get("picture", "")),
                published_at=row["published_at"],
            )
        )


def _with_numbers(body: str, shown: dict[str, Picture]) -> str:
    """Put the numbers of pictures where the data file has their keys."""
    for key, picture in shown.items():
        body = body.replace(f"(bild:{key})", f"(bild:{picture.pk})")
    return body


def _inquiries(rows: list[dict[str, Any]], until: datetime) -> None:
    for row in rows:
        if row["at"] <= until:
            clock.set_now(row["at"])
            values = {name: value for name, value in row.items() if name not in {"at", "kind"}}
            inquiries.receive(Inquiry.Kind(row["kind"]), values, form=f"demo {row['at']}")
