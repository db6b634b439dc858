"""The award that the walk of the office takes through a round: its people, and what others do meanwhile, by verbs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import Municipality, User
from jury.actions import deciding
from jury.models import Session
from landespreis import chaining, clock
from landespreis.clock import BERLIN
from submissions.actions import handing_in, helping
from submissions.models import Answer, Attachment, Partner, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.browser.jury import PEOPLE, REASONS
from tests.browser.pages import ABSTRACT, TEXTS
from tests.browser.visitor import Visitor
from tests.jury import factories as seats
from tests.jury.rooms import Stage
from tests.portal import award
from tests.submissions import factories

PREPARING = datetime(2027, 9, 14, 9, 30, 5, tzinfo=BERLIN)
"""The last round is over: its winners are public."""
OPEN = datetime(2028, 1, 20, 10, 30, 5, tzinfo=BERLIN)
"""Two have handed in; two are at it."""
LAST_DAY = datetime(2028, 2, 9, 16, 40, 5, tzinfo=BERLIN)
CHECKING = datetime(2028, 2, 14, 9, 10, 5, tzinfo=BERLIN)
CORRECTED = datetime(2028, 2, 17, 15, 20, 5, tzinfo=BERLIN)
CHECKED = datetime(2028, 2, 22, 8, 45, 5, tzinfo=BERLIN)
SCORING = datetime(2028, 3, 6, 19, 15, 5, tzinfo=BERLIN)
MEETING = datetime(2028, 3, 23, 10, 40, 5, tzinfo=BERLIN)
BEFORE = datetime(2028, 4, 5, 14, 5, 5, tzinfo=BERLIN)
AFTER = datetime(2028, 4, 12, 12, 1, 5, tzinfo=BERLIN)
"""The embargo ended a minute ago."""
YEARS_LATER = datetime(2030, 5, 2, 9, 20, 5, tzinfo=BERLIN)
RENATE, JONAS = "Renate Vollmer", "Jonas Siepmann"
PEGEL, STAB, WARN, KATASTER = (
    "PegelVerbund Hellweg",
    "Gemeinsamer Krisenstab Kreisgrenze",
    "Warn-App in leichter Sprache",
    "Ein Baumkataster für zwei Nachbarn",
)
ENTRIES = {
    PEGEL: ("krisen", "05974040", "05974052", "Meike Brandhorst", datetime(2027, 12, 17, 11, 20, tzinfo=BERLIN)),
    STAB: ("krisen", "05962024", "05914000", "Tilman Overbeck", datetime(2028, 1, 11, 9, 5, tzinfo=BERLIN)),
    WARN: ("krisen", "05315000", "05358008", "Selma Aydin", datetime(2028, 2, 7, 17, 50, tzinfo=BERLIN)),
    KATASTER: ("umwelt", "05366020", "05366004", "Lena Achterberg", datetime(2028, 2, 9, 23, 15, tzinfo=BERLIN)),
}
"""Title → category, lead, partner, who hands it in and when."""
POINTS = {PEGEL: (9, 8, 9, 8, 9), STAB: (7, 8, 7, 7, 8), KATASTER: (4, 5, 3, 4, 5)}
"""What the five give, on every criterion."""
BEGA = (
    "Lemgo und Bad Salzuflen halten Regenwasser gemeinsam in den Wiesen an der Bega zurück, statt es abzuleiten.",
    "Beide Städte sparen ein eigenes Rückhaltebecken; die Wiesen bleiben auch in trockenen Sommern grün.",
    "Landwirtinnen und Landwirte öffnen und schließen die Wehre selbst, nach einem gemeinsamen Plan.",
    "Die Kosten tragen beide Haushalte je zur Hälfte; der Kreis misst und veröffentlicht die Wasserstände.",
    "Vertrag und Plan sind so gefasst, dass andere Städte an kleinen Flüssen sie übernehmen können.",
    "Der Vertrag gilt 15 Jahre und verlängert sich danach von selbst.",
)
"""What stands in the draft of those who ask for help, question by question."""
HELPED, LENDING = "Wasser halten an der Bega", "Leihen statt kaufen"
HELP = "Wir wissen nicht, ob unser Zweckverband als Partner zählt. Bitte sehen Sie sich den Entwurf an."


@dataclass
class Award:
    """The round, its entries by title, and who of the office may be named in verbs."""

    round: Round
    entries: dict[str, Submission]

    def fresh(self, title: str) -> Submission:
        return Submission.objects.select_related("round").get(pk=self.entries[title].pk)

    def label(self, title: str) -> str:
        return self.fresh(title).label


def installation() -> None:
    """Fill an empty database as operators do, and give the office its two people."""
    for command in ("load_roles", "load_municipalities", "load_seats", "load_pages", "load_directory"):
        call_command(command, verbosity=0)
    for name in (RENATE, JONAS):
        email = f"{name.lower().replace(' ', '.')}@geschaeftsstelle.example"
        user: User = StaffFactory(name=name, email=email)
        user.groups.add(Group.objects.get(name="Geschäftsstelle"))


def person(name: str) -> User:
    return User.objects.get(name=name)


def at_the_desk(visitor: Visitor, name: str) -> Visitor:
    """Let somebody of the office sit down."""
    visitor.go("/demo/")
    visitor.press(f"Anmelden als {name}")
    return visitor


# Applicants --------------------------------------------------------------------------------------------


def submitted(round: Round, *titles: str) -> dict[str, Submission]:
    """Hand these in, each at its moment and by its own municipality."""
    return {title: _entry(round, title) for title in titles}


def drafts(round: Round) -> Submission:
    """Return the draft whose people ask for help; another one is begun as well."""
    okan = UserFactory(name="Okan Demirel", email="okan.demirel@olpe.example", joined_at=OPEN)
    factories.draft(round, pk=_key(LENDING), lead=_place("05966024"), owner=okan, title=LENDING)
    ask = UserFactory(name="Wiebke Harmsen", email="wiebke.harmsen@lemgo.example", joined_at=OPEN)
    category = round.categories.get(key="umwelt")
    entry = factories.complete(
        round,
        pk=_key(HELPED),
        lead=_place("05766044"),
        owner=ask,
        title=HELPED,
        category=category,
        abstract="",
        department="Fachdienst Umwelt",
        contact_name=ask.name,
        contact_email=ask.email,
        contact_phone="05261 0000",
    )
    Partner.objects.filter(submission=entry).update(municipality=_place("05766008"))
    for answer, text in zip(Answer.objects.filter(submission=entry).order_by("question__position"), BEGA, strict=True):
        answer.text = text
        answer.save()
    clock.set_now(OPEN.replace(second=0))
    helping.ask(entry, question=HELP, days=7, by=ask)
    return entry


def correct(entry: Submission) -> None:
    """Say more about the partner, and hand in again."""
    answer = Answer.objects.filter(submission=entry).first()
    assert answer
    answer.text += "\n\nDie Stadt Hagen ist seit dem 1. März 2024 mit gleichen Rechten dabei."
    answer.save()
    handing_in.submit(entry, by=entry.owner, declarations=factories.DECLARED | {"publication": True})


def _entry(round: Round, title: str) -> Submission:
    category, lead, partner, name, at = ENTRIES[title]
    clock.set_now(at)
    place = _place(lead)
    email = f"{name.lower().replace(' ', '.')}@{place.name.split(',')[0].lower().replace('ö', 'oe')}.example"
    entry = factories.complete(
        round,
        pk=_key(title),
        lead=place,
        owner=UserFactory(name=name, email=email, joined_at=at),
        title=title,
        category=round.categories.get(key=category),
        abstract=ABSTRACT,
        contact_name=name,
        contact_email=email,
    )
    _write(entry, partner)
    if title == PEGEL:
        picture = award.image(entry)
        Attachment.objects.filter(pk=picture.pk).update(name="pegel-schledde.jpg", alt="Pegel an der Schledde")
    factories.submit(entry, publication=True)
    return Submission.objects.get(pk=entry.pk)


def _write(entry: Submission, partner: str) -> None:
    Partner.objects.filter(submission=entry).update(municipality=_place(partner))
    for answer in Answer.objects.filter(submission=entry).select_related("question"):
        answer.text = TEXTS.get(answer.question.title, answer.text)
        answer.save()


def _key(title: str) -> UUID:
    """Return the same key in every run: pictures show addresses."""
    return uuid5(NAMESPACE_URL, title)


def _place(ags: str) -> Municipality:
    return Municipality.objects.get(ags=ags)


# The jury ----------------------------------------------------------------------------------------------


def score(made: Award) -> dict[str, Stage]:
    """Seat the five and let them score what is admitted; return both categories by their keys."""
    panel = [
        seats.juror(seat, name=PEOPLE[seat.key], email=f"jury.{seat.key}@jury.example")
        for seat in made.round.seats.order_by("position")
    ]
    rows = {title: made.fresh(title) for title in POINTS}
    for title, points in POINTS.items():
        for juror, given in zip(panel, points, strict=True):
            seats.sheet(juror, rows[title], given)
    office = person(RENATE)
    return {
        category.key: Stage(
            made.round, category, panel, [row for row in rows.values() if row.category_id == category.pk], office
        )
        for category in made.round.categories.select_related("round")
    }


def record(stage: Stage, winner: Submission) -> None:
    """Let the chair record the decision and confirm it; the office still has to."""
    decision = stage.record(winner, votes_for=4, votes_abstained=1, reasons=REASONS)
    deciding.confirm_as_chair(decision, by=stage.chair, revision=decision.revision)


def gives_no_prize(stage: Stage) -> None:
    """Let the jury meet about a category and give no prize."""
    stage.open()
    stage.decide(None)
    assert Session.objects.get(category=stage.category).decision.locked_at


# The clock ---------------------------------------------------------------------------------------------


def sets(moment: datetime) -> None:
    """Let it be `moment`, and the nights until then have chained the journals."""
    clock.set_now(moment)
    chaining.link_days(moment)
