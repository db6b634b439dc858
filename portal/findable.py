"""What can be found of each kind of thing: its title, places, summary and text, and words that only the search sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Municipality
from portal import stems
from portal.models import Block, Document, Download, Event, FaqEntry, News, Newsletter, Page, Project

Thing = Project | News | Event | FaqEntry | Page | Download | Newsletter
Districts = Mapping[str, str]
"""Key of a Kreis (five digits) → its name."""

KIND: dict[type[Model], str] = {
    Project: "project",
    News: "news",
    Event: "event",
    FaqEntry: "faq",
    Page: "page",
    Download: "download",
    Newsletter: "newsletter",
}
"""Class → the column of a document that leads to it."""


@dataclass(frozen=True)
class Content:
    """`text` is what a hit shows a piece of, `more` what is only searched."""

    title: str
    public_from: datetime | None
    places: str = ""
    summary: str = ""
    text: str = ""
    more: str = ""

    @property
    def whole(self) -> str:
        """Every word of it."""
        return f"{self.title}\n{self.places}\n{self.summary}\n{self.text}\n{self.more}"


def content(thing: Thing, districts: Districts) -> Content:
    """Return what of a thing is public once it is out: never its contact, a joining link or who wrote it."""
    match thing:
        case Project():
            return _project(thing, districts)
        case News():
            return Content(
                title=thing.title,
                public_from=thing.published_at,
                summary=thing.lead,
                text=spoken(thing.body_html),
                more=thing.category.name,
            )
        case Event():
            more = (thing.get_kind_display(), "Termin", "online" if thing.is_online else "", thing.notice)
            return Content(
                title=thing.title,
                public_from=thing.published_at,
                places=thing.place,
                summary=thing.lead,
                text=spoken(thing.body_html, ("Ort", [thing.place])),
                more="\n".join(more),
            )
        case FaqEntry():
            return Content(
                title=thing.question,
                public_from=thing.changed_at if thing.is_public else None,
                text=spoken(thing.answer_html),
                more=thing.section.title,
            )
        case Page():
            return Content(
                title=thing.title, public_from=thing.changed_at, summary=thing.lead, text=spoken(thing.body_html)
            )
        case Download():
            return Content(
                title=thing.title,
                public_from=thing.published_at,
                summary=thing.description,
                text=stems.plain(", ".join(filter(None, (thing.occasion, thing.speaker)))),
                more=thing.name,
            )
        case Newsletter():
            return _newsletter(thing)


def document(thing: Thing, content: Content) -> Document:
    """Return the row, not stored, under which `thing` is found."""
    return described(content, thing.get_absolute_url(), **{KIND[type(thing)]: thing})


def described(content: Content, url: str, **about: Thing) -> Document:
    """Return what the search reads of a page at `url`."""
    return Document(
        **about,
        title=stems.plain(content.title),
        url=url,
        summary=stems.plain(content.summary),
        text=content.text,
        public_from=content.public_from,
        stems_title=stems.column(content.title),
        stems_place=stems.column(content.places),
        stems_summary=stems.column(content.summary),
        stems_text=stems.column(f"{content.text}\n{content.more}"),
    )


def everything() -> Iterable[QuerySet[Any]]:
    """Return a queryset per kind that reads all that `content` needs in few queries."""
    yield Project.objects.select_related("lead", "category").prefetch_related("topics", "partners__municipality")
    yield News.objects.select_related("category")
    yield Event.objects.all()
    yield FaqEntry.objects.select_related("section")
    yield Page.objects.all()
    yield Download.objects.all()
    yield Newsletter.objects.exclude(status=Newsletter.Status.DRAFT).prefetch_related("blocks")


def _project(project: Project, districts: Districts) -> Content:
    partners = list(project.partners.all())
    taking_part = [project.lead, *(partner.municipality for partner in partners)]
    places = dict.fromkeys(place for one in taking_part if one for place in _places(one, districts))
    names = [project.lead.label if project.lead else "", *(partner.label for partner in partners)]
    topics = [topic.name for topic in project.topics.all()]
    facts = [
        *(place for place in places if place not in names),
        project.category.name if project.category else "",
        project.department,
        project.get_legal_form_display(),
        project.edition,
        project.funding,
    ]
    return Content(
        title=project.title,
        public_from=project.published_at,
        places="\n".join((*places, *names)),
        summary=project.abstract,
        text=spoken(project.body_html, ("Beteiligt", names), ("Themen", topics), ("", facts)),
    )


def _newsletter(issue: Newsletter) -> Content:
    pieces = format_html_join("", "<h2>{}</h2>{}", ((block.heading, _safe(block)) for block in issue.blocks.all()))
    return Content(
        title=str(issue),
        public_from=issue.released_at,
        summary=issue.lead,
        text=spoken(pieces),
        more="Newsletter",
    )


def _places(municipality: Municipality, districts: Districts) -> Iterable[str]:
    yield municipality.label
    yield districts.get(municipality.district_ags, "")
    for region in municipality.regions:
        yield f"Regierungsbezirk {region}"


def _safe(block: Block) -> SafeString:
    return mark_safe(block.body_html)  # noqa: S308  # sanitised when the issue was released


class _Text(HTMLParser):
    """Collects what HTML says to a reader, descriptions of pictures among it."""

    INSIDE_A_WORD = frozenset({"a", "em", "strong"})
    AFTER = {"h2": " – ", "h3": " – ", "li": " · "}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.INSIDE_A_WORD:
            self.said.append(" ")
        self.said.extend(f"{value} " for name, value in attrs if name == "alt" and value)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.INSIDE_A_WORD:
            self.said.append(self.AFTER.get(tag, " "))


def spoken(html: str, *facts: tuple[str, list[str]]) -> str:
    """Return stored HTML as plain text with some facts behind it; tags that somebody typed are text and stay it.

    A fact without a name adds no word of ours, by which everything that has one would be found.
    """
    reader = _Text()
    reader.feed(html)
    reader.close()
    said = "".join(reader.said).strip(" –·\n")
    told = (f"{name and f'{name}: '}{', '.join(filter(None, values))}" for name, values in facts if any(values))
    return stems.plain(" · ".join(filter(None, (said, *told))))
