"""The people of the demo, all invented; their addresses end in .example."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts import actions
from accounts.models import Membership, Municipality, User
from landespreis import clock
from landespreis.clock import BERLIN

PASSWORD = "Gemeinsam-2026"  # noqa: S105 - printed in the README, for local demos only
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 - the same


@dataclass(frozen=True)
class Person:
    """A demo person; `place` is the AGS where they work, `group` a role of the ministry.

    Staff have a second factor, others where `factor` says so.
    """

    email: str
    name: str
    place: str = ""
    department: str = ""
    confirmed: bool = True
    group: str = ""
    superuser: bool = False
    factor: bool = False


PEOPLE = (
    Person("meike.brandhorst@soest.example", "Meike Brandhorst", "05974040", "Feuerwehr und Bevölkerungsschutz"),
    Person("tarek.yildirim@soest.example", "Tarek Yildirim", "05974040", "Tiefbau und Gewässer"),
    Person("henrike.oltmanns@werl.example", "Henrike Oltmanns", "05974052", "Stabsstelle Digitales"),
    Person("lena.achterberg@hamm.example", "Lena Achterberg", "05915000", "Amt für Digitales"),
    Person("joris.vandenberg@kleve.example", "Joris van den Berg", "05154036", "Wirtschaftsförderung"),
    Person("okan.demirel@olpe.example", "Okan Demirel", "05966024", "Abwasserbetrieb", confirmed=False),
    Person("svea.lindhorst@hoexter.example", "Svea Lindhorst", "05762020", "Kultur und Tourismus"),
    Person("carsten.poggenpohl@dueren.example", "Carsten Poggenpohl", "05358008", "Umwelt", confirmed=False),
    Person("anke.dieckhoff@lemgo.example", "Anke Dieckhoff", "05766044", "Bürgerdienste und Standesamt"),
    Person("renate.vollmer@geschaeftsstelle.example", "Renate Vollmer", group="Geschäftsstelle"),
    Person("ines.hollmann@redaktion.example", "Ines Hollmann", group="Redaktion"),
    Person("arne.peukert@administration.example", "Arne Peukert", superuser=True),
    Person("jury.landesbeauftragter@jury.example", "Gerd Terhorst", factor=True),
    Person("jury.staedtetag@jury.example", "Marlies Overkamp", factor=True),
    Person("jury.landkreistag@jury.example", "Ulf Siebenkotten", factor=True),
    Person("jury.gemeindebund@jury.example", "Birte Kuhlmann", factor=True),
    Person("jury.bank@jury.example", "Henning Rademaker", factor=True),
)


JOINED = datetime(2025, 11, 17, 9, 0, tzinfo=BERLIN)
CONFIRMED = datetime(2025, 11, 18, 11, 20, tzinfo=BERLIN)
"""When the accounts of the demo were made and confirmed; they are the machine's own moments otherwise."""


def fill(phase: str) -> None:
    """Create everybody, with a second factor where the role asks for one, in every phase the same."""
    clock.set_now(CONFIRMED)
    password = _hashed()
    office = None
    for person in sorted(PEOPLE, key=lambda person: not person.superuser):
        user = _create(person, password)
        office = user if person.superuser else office
        if person.place and office:
            membership = actions.join(
                user, municipality=Municipality.objects.get(ags=person.place), department=person.department
            )
            if person.confirmed:
                actions.confirm_membership(membership, by=office)
    User.objects.update(joined_at=JOINED)
    Membership.objects.update(created_at=JOINED)
    Membership.objects.filter(status=Membership.Status.CONFIRMED).update(decided_at=CONFIRMED)


def join(*, email: str, name: str, place: str, department: str, at: datetime) -> User:
    """Create one more person who works at the municipality with the AGS `place`, with everybody's password."""
    user = _create(Person(email, name), _hashed())
    actions.join(user, municipality=Municipality.objects.get(ags=place), department=department)
    User.objects.filter(pk=user.pk).update(joined_at=at)
    return user


@lru_cache(maxsize=1)
def _hashed() -> str:
    return make_password(PASSWORD)


def _create(person: Person, password: str) -> User:
    staff = person.superuser or person.group in {"Geschäftsstelle", "Redaktion"}
    user = User.objects.create(
        email=person.email, password=password, name=person.name, is_staff=staff, is_superuser=person.superuser
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
    if staff or person.factor:
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(TOTP_SECRET)}
        )
    return user
