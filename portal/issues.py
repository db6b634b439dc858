"""What an issue of the newsletter says: its pieces as a web page shows them, and as a mail in HTML and plain text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from landespreis import clock, mail, wording
from landespreis.mail import Said
from portal import plaintext, richtext
from portal.models import Block, Event, News, Newsletter, Project
from portal.models.newsletters import roman

NOBODY = UUID("5f0c0b4e-8f2d-4e5a-9d0e-6b7a1c2d3e4f")
"""The key in previews and tests: a link with it leads to nobody's subscription."""


About = News | Project | Event
"""What a block can be about."""


@dataclass(frozen=True)
class Piece:
    """One part of an issue. `html` is sanitised; `heading` may be empty."""

    anchor: str
    heading: str
    html: str


@dataclass(frozen=True)
class Told:
    """A piece in a mail: the same, with whole addresses, and as plain text."""

    heading: str
    html: str
    text: str


@dataclass(frozen=True)
class Number:
    """Which issue it is, or would be if it were released now."""

    year: int
    number: int

    @property
    def label(self) -> str:
        return f"{roman(self.number)}/{self.year}"

    @property
    def slug(self) -> str:
        return f"{roman(self.number).lower()}-{self.year}"


def number(newsletter: Newsletter) -> Number:
    """Return the number it has, or for a draft the one it gets if nobody else is quicker."""
    if newsletter.year and newsletter.number:
        return Number(newsletter.year, newsletter.number)
    return upcoming(clock.now(), Newsletter.objects.order_by("pk"))


def upcoming(now: datetime, newsletters: Iterable[Newsletter]) -> Number:
    """Return the first number of this year (in Berlin) that none of `newsletters` has."""
    year = now.astimezone(clock.BERLIN).year
    given = [row.number for row in newsletters if row.year == year and row.number]
    return Number(year, max(given, default=0) + 1)


def subject(newsletter: Newsletter) -> str:
    return f"Newsletter {number(newsletter).label}: {newsletter.subject}"


def pieces(newsletter: Newsletter) -> list[Piece]:
    """Return the pieces in their order: of a draft as they stand now, later as they stood when it was released."""
    blocks = newsletter.blocks.select_related(*WITH_ALL).prefetch_related("project__partners__municipality")
    make = frozen if newsletter.status == Newsletter.Status.DRAFT else _kept
    return [Piece(f"teil-{place}", *make(block)) for place, block in enumerate(blocks, start=1)]


WITH_ALL = ("news", "event", "project__lead", "project__category")
"""What a block needs of what it is about."""


def frozen(block: Block) -> tuple[str, str]:
    """Return heading and HTML of a block as they stand now, its own words first."""
    own = mark_safe(block.body_html) if block.body else None  # noqa: S308  # sanitised when it was saved
    if block.news:
        heading, html = block.news.title, _news(block.news, own)
    elif block.project:
        heading, html = block.project.title, _project(block.project, own)
    elif block.event:
        heading, html = block.event.title, _event(block.event, own)
    else:
        heading, html = "", own or mark_safe("")
    return block.heading or heading, richtext.sanitised(html)


def letter(newsletter: Newsletter, *, key: UUID = NOBODY, is_test: bool = False) -> Said:
    """Return the mail in which an issue reaches the subscriber with `key`."""
    base, numbered = settings.BASE_URL, number(newsletter)
    told = [
        Told(
            piece.heading,
            plaintext.for_mailboxes(piece.html, base=base),
            plaintext.text(piece.html, base=base),
        )
        for piece in pieces(newsletter)
    ]
    context = {
        "issue": newsletter,
        "label": numbered.label,
        "pieces": told,
        "contents": [piece.heading for piece in told if piece.heading],
        "lead_text": "\n".join(plaintext.wrapped(part) for part in newsletter.lead.split("\n")),
        "web_url": f"{base}{reverse('portal:newsletter', args=[numbered.slug])}",
        "leave_url": leave_url(key),
        "is_test": is_test,
    }
    return mail.said("newsletter", context)


def leave_url(key: UUID) -> str:
    return f"{settings.BASE_URL}{reverse('portal:newsletter_leave', args=[key.hex])}"


def _kept(block: Block) -> tuple[str, str]:
    return block.heading, block.body_html


def _news(news: News, own: SafeString | None) -> SafeString:
    text = own or format_html("<p>{}</p>", news.lead)
    return format_html('{}\n<p><a href="{}">Meldung lesen</a></p>', text, news.get_absolute_url())


def _project(project: Project, own: SafeString | None) -> SafeString:
    """Who works together, what it is about, and the way to the page."""
    lead = [project.lead.label] if project.lead else []
    partners = [partner.label for partner in project.partners.all()]
    category = [project.category.name] if project.category else []
    facts = ". ".join(filter(None, [wording.listed([*lead, *partners]), *category]))
    text = own or format_html("<p>{}</p>", project.abstract)
    link = format_html('<p><a href="{}">Projekt ansehen</a></p>', project.get_absolute_url())
    return format_html_join("\n", "{}", [(format_html("<p><strong>{}</strong></p>", facts),), (text,), (link,)])


def _event(event: Event, own: SafeString | None) -> SafeString:
    """When and where, what it is about, and the way to the page; of a past one no more what led to it."""
    now = clock.now()
    where = wording.listed([*(["online"] if event.is_online else []), *([event.place] if event.place else [])])
    when = f"{wording.opening(event.starts_at)}{f', {where}' if where else ''}"
    if event.cancelled_at:
        when = f"Abgesagt: {when}"
    elif event.moved_from and now < event.ends_at:
        when = f"Verlegt auf {when}, zuerst war {wording.opening(event.moved_from)} geplant"
    takes_part = event.registration == Event.Registration.OPEN and not event.cancelled_at
    is_open = takes_part and now < event.registration_ends_at
    text = own or format_html("<p>{}</p>", event.lead)
    link = format_html(
        '<p><a href="{}">{}</a></p>',
        event.get_absolute_url(),
        "Zum Termin und zur Anmeldung" if is_open else "Zum Termin",
    )
    return format_html_join("\n", "{}", [(format_html("<p><strong>{}</strong></p>", when),), (text,), (link,)])
