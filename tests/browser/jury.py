"""The category that the walk of the jury decides: who sits where, what is entered, what was scored elsewhere."""

from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import Municipality, User
from jury.models import Juror, Seat
from submissions.models import Answer, Partner, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.browser.pages import ABSTRACT, TEXTS
from tests.jury import factories
from tests.submissions.factories import complete, submit

PEOPLE = {
    "landesbeauftragter": "Gerd Terhorst",
    "staedtetag": "Marlies Overkamp",
    "landkreistag": "Ulf Siebenkotten",
    "gemeindebund": "Birte Kuhlmann",
    "bank": "Henning Rademaker",
}
CHAIR, BIASED, SCRIPTLESS, TYPIST, LEAVER = PEOPLE
"""Keys of the seats by what the walk does there."""
LOOKING = (CHAIR, SCRIPTLESS)
"""Who looks at the pages that all five see alike: one in each kind of window."""
BY_HAND = {CHAIR: "989", BIASED: "888", SCRIPTLESS: "787", TYPIST: "989", LEAVER: "787"}
"""What each gives the first entry, criterion by criterion: on average, and in the median, as much as the third has."""
ENTRIES = {
    "PegelVerbund Hellweg": ("05974040", "05974052", ()),
    "Gemeinsamer Krisenstab Kreisgrenze": ("05962024", "05914000", ("789", "777", "878", "776", "887")),
    "Notstrom-Ring: 14 Rathäuser, ein Plan": ("05366020", "05366004", ("787", None, "989", "787", "989")),
    "Warn-App in leichter Sprache": ("05315000", "05358008", ("565", "556", "666", "567", "655")),
}
"""Title → lead, partner, and the points of the five but for what happens in the browser."""


REASONS = (
    "Fünf Kommunen lesen dieselben Pegel und warnen füreinander. Von der ersten Messung bis zur Warnung vergehen 11 "
    "statt 48 Minuten, und die Vereinbarung lässt sich übernehmen."
)


def address(key: str) -> str:
    return f"jury.{key}@jury.example"


def institution(key: str) -> str:
    return Seat.objects.get(key=key).institution


def enter(round: Round) -> list[Submission]:
    """Submit the entries, each by its own municipality; they wait for the formal check."""
    return [_entry(round, title, *places[:2]) for title, places in ENTRIES.items()]


def office() -> User:
    """Return somebody of the Geschäftsstelle with the rights of that role, and set up the seats."""
    call_command("load_roles", verbosity=0)
    call_command("load_seats", verbosity=0)
    user: User = StaffFactory(name="Renate Vollmer", email="renate.vollmer@geschaeftsstelle.example")
    user.groups.add(Group.objects.get(name="Geschäftsstelle"))
    return user


def score_the_rest(entries: list[Submission], round: Round) -> None:
    """Let the five have scored what the walk does not score in the browser."""
    keys = [criterion.key for criterion in round.criteria.all()]
    jurors = {juror.seat.key: juror for juror in Juror.objects.select_related("seat", "user")}
    for entry, (_, _, given) in zip(entries, ENTRIES.values(), strict=True):
        for key, points in zip(PEOPLE, given, strict=False):
            if points:
                factories.sheet(jurors[key], entry, dict(zip(keys, map(int, points), strict=True)))


def _entry(round: Round, title: str, lead: str, partner: str) -> Submission:
    place = Municipality.objects.get(ags=lead)
    owner = UserFactory(name="Meike Brandhorst", email=f"meike.brandhorst@{place.name.split(',')[0].lower()}.example")
    category = round.categories.get(key="krisen")
    entry = complete(round, lead=place, owner=owner, title=title, category=category, abstract=ABSTRACT)
    Partner.objects.filter(submission=entry).update(municipality=Municipality.objects.get(ags=partner))
    for answer in Answer.objects.filter(submission=entry).select_related("question"):
        answer.text = TEXTS.get(answer.question.title, answer.text)
        answer.save()
    submit(entry)
    return Submission.objects.get(pk=entry.pk)
