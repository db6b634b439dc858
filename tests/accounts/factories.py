"""People, municipalities and memberships for tests, all invented."""

from functools import cache
from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from factory.django import DjangoModelFactory

from accounts import register
from accounts.models import Membership, Municipality, User

PASSWORD = "Regenrinne-Hellweg-7"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@cache
def _hashed() -> str:
    """PASSWORD, hashed once for all people: hashing is slow on purpose."""
    return make_password(PASSWORD)


class UserFactory(DjangoModelFactory[User]):
    """A person who can log in with PASSWORD; staff have a second factor.

    `totp=True` or `False` says otherwise, `verified=False` leaves out the confirmed address.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@kommune.example")
    name = factory.Sequence(lambda n: f"Wiebke Harmsen {n}")
    password = factory.LazyFunction(_hashed)

    class Params:
        superuser = factory.Trait(is_staff=True, is_superuser=True)

    @factory.post_generation
    def verified(self: User, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def totp(self: User, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if create and (self.is_staff if extracted is None else extracted):
            secret = get_adapter().encrypt(TOTP_SECRET)
            Authenticator.objects.create(user=self, type=Authenticator.Type.TOTP, data={"secret": secret})


class StaffFactory(UserFactory):
    """Somebody of the ministry, with a second factor."""

    email = factory.Sequence(lambda n: f"geschaeftsstelle{n}@land.example")
    is_staff = True


class MunicipalityFactory(DjangoModelFactory[Municipality]):
    """A town that exists nowhere: «Stadt Musterhausen 3 (05990003)»."""

    class Meta:
        model = Municipality

    ags = factory.Sequence(lambda n: f"0599{n:04d}")
    name = factory.Sequence(lambda n: f"Musterhausen {n}, Stadt")
    kind = Municipality.Kind.TOWN
    label = factory.LazyAttribute(lambda row: register.label(row.name, row.kind))
    district_ags = factory.LazyAttribute(lambda row: (row.ags or "")[:5])
    region = "Arnsberg"
    latitude = 51.57
    longitude = 8.1
    sort_key = factory.LazyAttribute(lambda row: register.sort_key(row.name))

    @classmethod
    def _create(cls, model_class: type[Municipality], *args: Any, **kwargs: Any) -> Municipality:
        register.forget_options()
        return super()._create(model_class, *args, **kwargs)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    department = "Fachbereich Digitales"


def staff(role: str = "Geschäftsstelle", **more: Any) -> User:
    """Return somebody of the ministry in that role, read anew: nothing is remembered of what they may do."""
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory(**more)
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)
