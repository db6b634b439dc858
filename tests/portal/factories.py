"""Content of the public pages for tests, all invented; stored through the verbs."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import factory
from factory.django import DjangoModelFactory
from PIL import Image

from accounts.models import Municipality
from landespreis import clock, inspection
from landespreis.demo import papers
from portal.actions import downloads, events, faq, news, newsletters, pages, pictures, projects, registrations
from portal.models import (
    Block,
    Download,
    Event,
    FaqEntry,
    FaqSection,
    Inquiry,
    News,
    NewsCategory,
    Newsletter,
    Page,
    Picture,
    Project,
    ProjectCategory,
    ProjectPartner,
    Registration,
    Subscriber,
    Topic,
)
from submissions.models import Partner
from tests.accounts.factories import MunicipalityFactory


class NewsCategoryFactory(DjangoModelFactory[NewsCategory]):
    class Meta:
        model = NewsCategory

    name = factory.Sequence(lambda n: f"Rubrik {n}")
    slug = factory.Sequence(lambda n: f"rubrik-{n}")


class NewsFactory(DjangoModelFactory[News]):
    """An item that came out an hour ago; `planned=True` comes out in an hour, `draft=True` never."""

    class Meta:
        model = News

    title = factory.Sequence(lambda n: f"Meldung {n} aus dem Münsterland")
    category = factory.SubFactory(NewsCategoryFactory)
    lead = "Zwei Sätze sagen, worum es geht. Mehr nicht."
    body = "## Worum es geht\n\nEin **wichtiger** Absatz."
    published_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))

    class Params:
        planned = factory.Trait(published_at=factory.LazyFunction(lambda: clock.now() + timedelta(hours=1)))
        draft = factory.Trait(published_at=None)

    @classmethod
    def _create(cls, model_class: type[News], *args: Any, **kwargs: Any) -> News:
        return news.save(News(**kwargs))


def page(slug: str = "impressum", **fields: Any) -> Page:
    values = {"title": "Impressum", "lead": "Wer wir sind.", "body": "## Anbieter\n\nStadt Musterhausen"}
    return pages.save(Page(slug=slug, **values | fields), by=None)


def faq_entry(**fields: Any) -> FaqEntry:
    section = fields.pop("section", None) or faq.save_section(
        FaqSection(title=f"Abschnitt {FaqSection.objects.count() + 1}")
    )
    values = {"question": "Wer kann mitmachen?", "answer": "Alle **Kommunen**."}
    return faq.save(FaqEntry(section=section, **values | fields))


def pdf(title: str = "Vortrag") -> bytes:
    return papers.sheet(title, "Muster mit erfundenen Angaben.")


def download(**fields: Any) -> Download:
    examined = inspection.examine_pdf(BytesIO(pdf()))
    values = {
        "title": "Notstrom für alle",
        "occasion": "Jahrestagung 2025",
        "held_on": date(2025, 6, 25),
        "published_at": clock.now() - timedelta(hours=1),
    }
    return downloads.save(Download(**values | fields), examined=examined, name="notstrom.pdf")


def jpeg(width: int = 600, height: int = 400, colour: tuple[int, int, int] = (20, 90, 160)) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def picture(content: bytes | None = None, **fields: Any) -> Picture:
    examined = inspection.examine_image(BytesIO(content or jpeg()))
    values = {"alt": "Eine blaue Fläche.", "credit": "Stadt Musterhausen"}
    return pictures.add(Picture(**values | fields), examined, by=None)


class InquiryFactory(DjangoModelFactory[Inquiry]):
    class Meta:
        model = Inquiry

    kind = Inquiry.Kind.CONTACT
    fingerprint = factory.Sequence(lambda n: f"{n:064d}")
    message = "Zählt ein Zweckverband als Partner?"
    received_at = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)


class ProjectCategoryFactory(DjangoModelFactory[ProjectCategory]):
    class Meta:
        model = ProjectCategory

    key = factory.Sequence(lambda n: f"kategorie-{n}")
    name = factory.Sequence(lambda n: f"Kategorie {n}")
    short_name = factory.Sequence(lambda n: f"Kategorie {n}")


class TopicFactory(DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Thema {n}")
    slug = factory.Sequence(lambda n: f"thema-{n}")


class ProjectFactory(DjangoModelFactory[Project]):
    """A project that came out an hour ago; `partners` are municipalities or names of free partners, `topics` rows."""

    class Meta:
        model = Project

    title = factory.Sequence(lambda n: f"Gemeinsame Bauakte {n}")
    category = factory.SubFactory(ProjectCategoryFactory)
    lead = factory.SubFactory(MunicipalityFactory)
    origin = Project.Origin.FUNDED
    abstract = "Zwei Städte führen ihre Bauakten in einem System."
    body = "## Worum es geht\n\nDie Akten liegen an **einem** Ort."
    published_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))

    class Params:
        planned = factory.Trait(published_at=factory.LazyFunction(lambda: clock.now() + timedelta(hours=1)))
        draft = factory.Trait(published_at=None)

    @classmethod
    def _create(cls, model_class: type[Project], *args: Any, **kwargs: Any) -> Project:
        partners = [_partner(partner) for partner in kwargs.pop("partners", [])]
        topics = kwargs.pop("topics", [])
        return projects.save(Project(**kwargs), topics=topics, partners=partners)


def _partner(partner: Municipality | str) -> ProjectPartner:
    if isinstance(partner, Municipality):
        return ProjectPartner(municipality=partner)
    return ProjectPartner(name=partner, kind=Partner.Kind.ZWECKVERBAND)


class EventFactory(DjangoModelFactory[Event]):
    """A date in a week, announced an hour ago; `draft=True` is not public, `past=True` was a week ago."""

    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"Digitale Sprechstunde {n}")
    kind = Event.Kind.CONSULTATION
    lead = "Der Landesbeauftragte beantwortet Ihre Fragen."
    body = "Bringen Sie Ihre Fragen mit."
    starts_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=1))
    joining_link = "https://konferenz.example/raum"
    published_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))

    class Params:
        draft = factory.Trait(published_at=None)
        past = factory.Trait(starts_at=factory.LazyFunction(lambda: clock.now() - timedelta(days=7)))

    @classmethod
    def _create(cls, model_class: type[Event], *args: Any, **kwargs: Any) -> Event:
        return events.save(Event(**kwargs))


def registration(event: Event, who: str = "anna", *, confirmed: bool = True, **fields: str) -> Registration:
    """Register somebody through the verbs, and let them confirm at once."""
    values = {"name": who.title(), "email": f"{who}@soest.example", "organisation": "Stadt Soest", "question": ""}
    registrations.register(event, values | fields)
    made = event.registrations.alive().get(email=values["email"] if "email" not in fields else fields["email"])
    return registrations.confirm(made) if confirmed else made


class SubscriberFactory(DjangoModelFactory[Subscriber]):
    """Somebody who gets the newsletter; `pending=True` has not confirmed, `left=True` left an hour ago."""

    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"leserin{n}@kommune.example")
    status = Subscriber.Status.ACTIVE
    asked_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=1))
    confirmed_at = factory.LazyAttribute(lambda row: row.asked_at)

    class Params:
        pending = factory.Trait(status=Subscriber.Status.PENDING, confirmed_at=None)
        left = factory.Trait(
            status=Subscriber.Status.LEFT, left_at=factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
        )


def issue(
    *blocks: Block, subject: str = "Der Herbst bringt Termine", lead: str = "Guten Tag,\nhier das Neue."
) -> Newsletter:
    """A draft with these blocks, a text where none is given."""
    made = newsletters.save(Newsletter(subject=subject, lead=lead))
    for position, block in enumerate(blocks or (text(),), start=1):
        block.newsletter, block.position = made, position
        newsletters.save_block(block)
    return made


def text(body: str = "Die **Vorträge** stehen bereit.", heading: str = "Nachgelesen") -> Block:
    return Block(kind=Block.Kind.TEXT, heading=heading, body=body)
