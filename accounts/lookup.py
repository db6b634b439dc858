"""What the search finds of people: accounts, where they work, and municipalities."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import PermissionsMixin

from accounts.admin import MembershipAdmin, MunicipalityAdmin, UserAdmin
from accounts.models import Membership, Municipality, User
from landespreis import lookup
from landespreis.lookup import Group, Hit


def find(user: PermissionsMixin, words: Sequence[str], limit: int) -> Iterator[Group]:
    if lookup.may_see(user, User):
        people = User.objects.prefetch_related("memberships__municipality", "groups")
        yield lookup.group(people, UserAdmin.search_fields, words, limit, _person)
    if lookup.may_see(user, Membership):
        memberships = Membership.objects.select_related("user", "municipality")
        yield lookup.group(memberships, MembershipAdmin.search_fields, words, limit, _membership)
    if lookup.may_see(user, Municipality):
        yield lookup.group(Municipality.objects.all(), MunicipalityAdmin.search_fields, words, limit, _municipality)


def _person(row: User) -> Hit:
    places = [str(membership.municipality) for membership in row.memberships.all()]
    roles = [role.name for role in row.groups.all()]
    closed = "" if row.is_active else "Konto geschlossen"
    return Hit(row.name or row.email, lookup.change_url(row), lookup.told(row.email, *places, *roles, closed))


def _membership(row: Membership) -> Hit:
    return Hit(str(row), lookup.change_url(row), lookup.told(row.get_status_display(), row.department))


def _municipality(row: Municipality) -> Hit:
    return Hit(row.label, lookup.change_url(row), lookup.told(row.get_kind_display(), row.ags, row.region))
