"""What the admin's first page says about people: who waits for the ministry's word."""

from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, Min
from django.urls import reverse

from accounts.models import Membership
from landespreis import wording
from landespreis.overview import Part, Task


def part(user: PermissionsMixin, now: datetime) -> Part:
    if not user.has_perm("accounts.change_membership"):
        return Part()
    waiting = Membership.objects.waiting().aggregate(number=Count("pk"), since=Min("created_at"))
    detail = f"die älteste vom {wording.day(waiting['since'])}" if waiting["since"] else ""
    url = f"{reverse('admin:accounts_membership_changelist')}?status={Membership.Status.PENDING}"
    return Part(tasks=[Task(waiting["number"], "Zugehörigkeiten bestätigen", "Zugehörigkeit bestätigen", url, detail)])
