"""For each list of the admin: how a test makes one more of its rows."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from post_office.models import PRIORITY, Email

from accounts.models import Membership
from jury.models import JuryEvent, Letter, Paper, Recusal, Seat
from landespreis import clock, journal, purging
from landespreis.models import Circular, Link, Purge, RetentionHold, RetentionRule, RetentionRun, Trace, Wording
from landespreis.records import periods
from portal import models as portal
from submissions.actions import helping
from submissions.models import HelpRequest, Round, Submission
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, UserFactory, staff
from tests.jury import factories as jury
from tests.landespreis.circulars import written
from tests.portal import factories as content
from tests.portal import proposing
from tests.submissions import factories


def current() -> Round:
    """The round of the test; others made here lie before it."""
    round = Round.objects.current()
    assert round
    return round


def entry() -> Submission:
    return factories.submitted(current())


def seat() -> Seat:
    """A seat with somebody on it."""
    round = current()
    free = Seat.objects.filter(jurors=None).first() or jury.seats(round)[0]
    return jury.juror(free).seat


def membership() -> Membership:
    row: Membership = MembershipFactory()
    return row


def draft_and_help() -> HelpRequest:
    row = factories.complete(current())
    return helping.ask(row, question="Wie?", days=1, by=row.owner)


def recusal() -> Recusal:
    return jury.recuse(seat().jurors.get(), entry())


def letter() -> Letter:
    return Letter.objects.create(submission=entry(), kind="dank", subject="x", text="y")


def paper() -> Paper:
    row = entry()
    return Paper.objects.create(kind="urkunde", category=row.submitted_category, submission=row)


def jury_event() -> JuryEvent:
    row = seat()
    return JuryEvent.objects.create(
        round=row.round,
        at=clock.now(),
        by=UserFactory(),
        verb=JuryEvent.Verb.choices[0][0],
        seat=row,
        submission=entry(),
    )


def mail() -> Email:
    return Email.objects.create(
        from_email="a@portal.example", to=["b@stadt.example"], subject="x", priority=PRIORITY.medium
    )


def another_round() -> Round:
    first = current()
    number = Round.objects.count()
    return Round.objects.create(
        key=f"runde-{number}",
        name=f"Runde {number}",
        number_prefix=f"R{number}",
        opens_at=first.opens_at - timedelta(days=1000 * number),
        closes_at=first.closes_at - timedelta(days=1000 * number),
        ceremony_on=first.ceremony_on,
        embargo_until=first.embargo_until,
    )


def trace() -> Trace:
    return journal.note(journal.Verb.LOGGED_IN, by=UserFactory())


def link() -> Link:
    """Another day before those that are there; only its own list looks at it."""
    first = Link.objects.order_by("day").first()
    day = (first.day if first else date(2025, 12, 1)) - timedelta(days=1)
    return Link.objects.create(day=day, previous=f"{day}-", sha256=str(day), count=0, made_at=clock.now())


def purge() -> Purge:
    with purging.opened(["landespreis_trace"], reason="Probe", by=UserFactory(), second=UserFactory()) as row:
        return row


def wording() -> Wording:
    number = Wording.objects.count()
    return Wording.objects.create(
        key=f"eigen-{number}", title=f"Vorlage {number}", subject="x", text="y", changed_by=UserFactory(),
        changed_at=clock.now(),
    )  # fmt: skip


def circular() -> Circular:
    return written(current(), staff())


def hold() -> RetentionHold:
    return periods.hold(str(entry().pk), by=staff(), label="x", reason="y")


def run() -> RetentionRun:
    return RetentionRun.objects.create(
        kind="entwuerfe", title="Entwürfe", scope=f"runde-{RetentionRun.objects.count()}", scope_name="Runde",
        is_archived=False, before=clock.now(), proposed_by=UserFactory(), proposed_at=clock.now(),
    )  # fmt: skip


def announcement() -> portal.Announcement:
    row = another_round() if portal.Announcement.objects.exists() else current()
    return portal.Announcement.objects.create(
        round=row, title="x", lead="y", body="z", category=content.NewsCategoryFactory()
    )


def rule() -> RetentionRule:
    number = RetentionRule.objects.count()
    return RetentionRule.objects.create(kind=f"art-{number}", title=f"Art {number}", months=1)


def registration() -> portal.Registration:
    return content.registration(content.EventFactory(), who=f"person{portal.Registration.objects.count()}")


MAKERS: dict[str, Callable[[], Any]] = {
    "accounts.User": UserFactory,
    "accounts.Municipality": MunicipalityFactory,
    "accounts.Membership": membership,
    "auth.Group": lambda: Group.objects.create(name=f"Rolle {Group.objects.count()}"),
    "submissions.Round": another_round,
    "submissions.Submission": entry,
    "submissions.Version": entry,
    "submissions.Receipt": entry,
    "submissions.Event": entry,
    "submissions.HelpRequest": draft_and_help,
    "jury.Seat": seat,
    "jury.Session": seat,  # its list shows the categories
    "jury.Recusal": recusal,
    "jury.JuryEvent": jury_event,
    "jury.Letter": letter,
    "jury.Paper": paper,
    "landespreis.Circular": circular,
    "landespreis.Link": link,
    "landespreis.Purge": purge,
    "landespreis.RetentionHold": hold,
    "landespreis.RetentionRule": rule,
    "landespreis.RetentionRun": run,
    "landespreis.Trace": trace,
    "landespreis.Wording": wording,
    "portal.Announcement": announcement,
    "portal.Download": content.download,
    "portal.Event": content.EventFactory,
    "portal.FaqSection": content.faq_entry,
    "portal.FaqEntry": content.faq_entry,
    "portal.Inquiry": content.InquiryFactory,
    "portal.News": content.NewsFactory,
    "portal.NewsCategory": content.NewsCategoryFactory,
    "portal.Newsletter": content.issue,
    "portal.Page": lambda: content.page(f"seite-{portal.Page.objects.count()}"),
    "portal.Picture": lambda: content.picture(content.jpeg(colour=(portal.Picture.objects.count() * 40, 90, 160))),
    "portal.Project": content.ProjectFactory,
    "portal.ProjectCategory": content.ProjectCategoryFactory,
    "portal.Topic": content.TopicFactory,
    "portal.Proposal": proposing.waiting,
    "portal.Registration": registration,
    "portal.Subscriber": content.SubscriberFactory,
    "post_office.Email": mail,
}
"""A list that is new needs its line here."""
