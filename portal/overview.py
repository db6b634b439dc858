"""What the admin's first page says about the portal: what visitors and municipalities wait for."""

from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, Q
from django.urls import reverse

from landespreis.overview import Part, Task
from portal.models import Inquiry, Proposal


def part(user: PermissionsMixin, now: datetime) -> Part:
    if not user.has_perm("portal.change_inquiry"):
        return Part()
    inquiries = reverse("admin:portal_inquiry_changelist")
    waiting = Inquiry.objects.waiting().aggregate(
        barrier=Count("pk", filter=Q(kind=Inquiry.Kind.BARRIER)),
        contact=Count("pk", filter=Q(kind=Inquiry.Kind.CONTACT)),
    )
    tasks = [
        Task(
            waiting["barrier"], "gemeldete Barrieren", "gemeldete Barriere", f"{inquiries}?kind={Inquiry.Kind.BARRIER}"
        ),
        Task(
            waiting["contact"],
            "Nachrichten beantworten",
            "Nachricht beantworten",
            f"{inquiries}?kind={Inquiry.Kind.CONTACT}",
        ),
        Task(
            Proposal.objects.waiting().count(),
            "Projektvorschläge prüfen",
            "Projektvorschlag prüfen",
            f"{reverse('admin:portal_proposal_changelist')}?status={Proposal.Status.REVIEW}",
        ),
    ]
    return Part(tasks=tasks)
