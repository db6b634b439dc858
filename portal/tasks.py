"""What the worker does for the portal."""

from celery import shared_task
from django.conf import settings

from portal.actions import adoption, announcing, event_duties, inquiries, newsletters, prizes, sending, subscribing

SHARE = 0.9


@shared_task(name="portal.tasks.forget_inquiries")
def forget_inquiries() -> None:
    """Delete messages that were settled long ago, with the personal data in them."""
    inquiries.forget_settled()


@shared_task(name="portal.tasks.award_prizes")
def award_prizes() -> None:
    """Put the prize on the projects of winners once the embargo has ended."""
    prizes.award_due()


@shared_task(name=announcing.PUBLISH)
def publish_winners() -> None:
    """Publish the winners of rounds whose embargo is over and where somebody has ordered it."""
    announcing.publish_due()


@shared_task(name="portal.tasks.retract_projects")
def retract_projects() -> None:
    """Take copies of entries off the public pages that may not stand there any more."""
    adoption.retract_exposed()


@shared_task(name="portal.tasks.remind_of_events")
def remind_of_events() -> None:
    """Remind those who come to a date on the day before."""
    event_duties.remind_all()


@shared_task(name="portal.tasks.forget_registrations")
def forget_registrations() -> None:
    """Delete registrations that nobody confirmed, and those of dates that are long over."""
    event_duties.forget_unconfirmed()
    event_duties.forget_past()


@shared_task(name=newsletters.SENDER_TASK)
def send_newsletters() -> None:
    """Send newsletters for most of the time until beat asks again; other mail gets its turn in between."""
    sending.send(SHARE * settings.BEAT_TICK)


@shared_task(name="portal.tasks.forget_subscribers")
def forget_subscribers() -> None:
    """Delete addresses that were never confirmed, and those of people who left some time ago."""
    subscribing.forget()
