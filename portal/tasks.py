"""What the worker does for the portal."""

from celery import shared_task

from portal.actions import adoption, inquiries, prizes


@shared_task(name="portal.tasks.forget_inquiries")
def forget_inquiries() -> None:
    """Delete messages that were settled long ago, with the personal data in them."""
    inquiries.forget_settled()


@shared_task(name="portal.tasks.award_prizes")
def award_prizes() -> None:
    """Put the prize on the projects of winners once the embargo has ended."""
    prizes.award_due()


@shared_task(name="portal.tasks.retract_projects")
def retract_projects() -> None:
    """Take copies of entries off the public pages that may not stand there any more."""
    adoption.retract_exposed()
