"""The ministry's view of people, municipalities, memberships and roles; decisions are buttons that call the verbs."""

from accounts.admin.memberships import MembershipAdmin
from accounts.admin.municipalities import MunicipalityAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.roles import RoleAdmin

__all__ = ["MembershipAdmin", "MunicipalityAdmin", "RoleAdmin", "UserAdmin"]
