"""What the worker does for the portal."""

from celery import shared_task
from django.conf import settings

from portal.actions import inquiries, newsletters, sending, subscribing

SHARE = 0.9


@shared_task(name="portal.tasks.forget_inquiries")
def forget_inquiries() -> None:
    """Delete messages that were settled long ago, with the personal data in them."""
    inquiries.forget_settled()


@shared_task(name=newsletters.SENDER_TASK)
def send_newsletters() -> None:
    """Send newsletters for most of the time until beat asks again; other mail gets its turn in between."""
    sending.send(SHARE * settings.BEAT_TICK)


@shared_task(name="portal.tasks.forget_subscribers")
def forget_subscribers() -> None:
    """Delete addresses that were never confirmed, and those of people who left some time ago."""
    subscribing.forget()
