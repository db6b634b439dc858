"""Before the closing: the office gets its second factor; the five seats are named, invited, accepted and made ready.

Leaves in `props`: "office" (two Insiders of the Geschäftsstelle), "jury" (key of the seat → Insider).
"""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from jury.models import Juror, Seat
from rehearsal.cast import PASSWORD
from rehearsal.insiders import Insider, answer, once
from rehearsal.stage import Stage

OFFICE = ("Renate Vollmer", "Jonas Siepmann")
JURY = {
    "landesbeauftragter": "Gerd Terhorst",
    "staedtetag": "Marlies Overkamp",
    "landkreistag": "Ulf Siebenkotten",
    "gemeindebund": "Birte Kuhlmann",
    "bank": "Henning Rademaker",
}
"""Key of the seat → who fills it; the first presides."""
ADMIN, INVITATION, NOTICE = "/admin/", "/jury/einladung/", "/jury/hinweise/"


def play(stage: Stage) -> None:
    office = tuple(_hired(stage, name) for name in OFFICE)
    stage.props["office"] = office
    stage.crowd(office, lambda person: stage.persist("reach the admin", lambda: person.get(ADMIN)))
    people = {key: Insider(name, _address(key), stage.watched(_address(key))) for key, name in JURY.items()}
    stage.props["jury"] = people
    for key, person in people.items():
        _invites(stage, office[0], key, person)
    stage.crowd(people.values(), lambda person: _joins(stage, person))


def office(stage: Stage) -> Insider:
    """Return who of the office does most of the work."""
    found: Insider = stage.props["office"][0]
    return found


def second(stage: Stage) -> Insider:
    """Return the other one of the office, for what takes two."""
    found: Insider = stage.props["office"][1]
    return found


def jury(stage: Stage) -> dict[str, Insider]:
    found: dict[str, Insider] = stage.props["jury"]
    return found


def _address(key: str) -> str:
    return f"jury.{key}@jury.example"


def _hired(stage: Stage, name: str) -> Insider:
    """Give somebody of the ministry an account, as its administration does on the command line."""
    email = f"{name.lower().replace(' ', '.')}@geschaeftsstelle.example"
    person = Insider(name, email, stage.browser(email))
    stage.persist(f"an account for {name}", lambda: _account(person))
    return person


@transaction.atomic
def _account(person: Insider) -> None:
    if User.objects.filter(email=person.email).exists():
        return
    user = User.objects.create_user(person.email, PASSWORD, name=person.name, is_staff=True)
    user.groups.add(Group.objects.get(name="Geschäftsstelle"))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


# Invitations -------------------------------------------------------------------------------------------


def _invites(stage: Stage, renate: Insider, key: str, person: Insider) -> None:
    seat = stage.persist(f"find the seat {key}", lambda: Seat.objects.get(round=stage.round, key=key))
    page = f"/admin/jury/seat/{seat.pk}/"
    known = Juror.objects.serving().filter(seat=seat, email=person.email)
    once(
        stage,
        f"name {person.name}",
        known.exists,
        lambda: answer(renate, f"{page}benennen/", "Benennen", name=person.name, email=person.email),
    )
    once(
        stage,
        f"invite {person.name}",
        known.filter(invited_at__isnull=False).exists,
        lambda: answer(renate, f"{page}einladen/", "Einladung senden"),
    )


def _joins(stage: Stage, person: Insider) -> None:
    """Accept by the link in the mail, set up the second factor, and accept the notice."""
    stage.persist(f"{person.name} accepts", lambda: _accepts(stage, person))
    stage.persist(f"{person.name} reads the notice", lambda: _agrees(person))


def _accepts(stage: Stage, person: Insider) -> None:
    letter = stage.installation.mail.wait_for(person.email, INVITATION)
    if letter is None:
        raise LookupError("no invitation came")
    page = person.browser.get(letter.link(INVITATION))
    if page.status == 200 and page.path.startswith(INVITATION):
        page = person.browser.send(page.form(field="password").fill(password=PASSWORD))
    page.sound()
    if page.path.startswith(INVITATION) and page.status not in {409, 200}:
        raise LookupError(f"{page.status} {page.path}")


def _agrees(person: Insider) -> None:
    page = person.get(NOTICE)
    if page.path != NOTICE:
        raise LookupError(f"no notice, but {page.path}")
    if 'name="accepted"' in page.body:
        page = person.send(page.form(field="accepted").fill(accepted="on"))
    if page.path != "/jury/" and "Zur Jury" not in page.body:
        raise LookupError(f"the notice is not accepted: {page.path}")
