"""Verbs of the ceremony: order that the winners go public, take that back, and do it once the embargo is over."""

import logging

from django.db import transaction

from accounts.models import User
from jury.actions import letters
from jury.models import Letter
from landespreis import clock, journal, queue, wording
from landespreis.refusal import NotAllowed, Refused
from portal import ceremony, entries, permissions
from portal.actions import adoption, news, prizes, projects, publishing
from portal.ceremony import Words
from portal.models import Announcement, News, NewsCategory, Project
from submissions.models import Round, Submission

log = logging.getLogger(__name__)

PUBLISH = "portal.tasks.publish_winners"
NOT_YOURS = "Preisträger veröffentlicht die Geschäftsstelle."
DONE = "Die Preisträger dieser Runde sind schon veröffentlicht."
NOTHING = "In dieser Runde ist noch nichts entschieden."


@transaction.atomic
def order(round: Round, *, words: Words, category: NewsCategory, with_letters: bool, by: User) -> Announcement:
    """Let the winners of a decided round go public when its embargo ends, or at once if it is over.

    Ordering again replaces the words. Nothing is public before `publish`, which the worker calls; whoever orders stands
    for it. Journals. Raises NotAllowed, and Refused while a category is undecided or when it is done already.
    """
    _require_allowed(by)
    _require_decided(round)
    announcement = _locked(round) or Announcement(round=round)
    if announcement.published_at:
        raise Refused(DONE)
    announcement.title, announcement.lead, announcement.body = words.title, words.lead, words.body
    announcement.category, announcement.with_letters = category, with_letters
    announcement.ordered_by, announcement.ordered_at, announcement.error = by, clock.now(), ""
    announcement.save()
    journal.note(
        journal.Verb.WINNERS_ORDERED, by=by, about=str(round), letters=with_letters,
        due=max(clock.now(), round.embargo_until).isoformat(),
    )  # fmt: skip
    queue.nudge(PUBLISH)
    return announcement


@transaction.atomic
def recall(round: Round, *, by: User) -> Announcement | None:
    """Take an order back; its words stay for the next time. Without an order nothing changes.

    Journals. Raises NotAllowed, and Refused when it is done already.
    """
    _require_allowed(by)
    announcement = _locked(round)
    if announcement and announcement.published_at:
        raise Refused(f"{DONE} Zurückholen lässt sich das nicht mehr.")
    if announcement and announcement.ordered_at:
        announcement.ordered_by = announcement.ordered_at = None
        announcement.error = ""
        announcement.save()
        journal.note(journal.Verb.WINNERS_RECALLED, by=by, about=str(round))
    return announcement


def publish(announcement: Announcement) -> Announcement:
    """Make the winners of a round public as ordered, in the name of the person who ordered it.

    Winners with consent that are not in the directory yet are copied into it first: that stores pictures, so it is
    outside of the transaction, and a copy is not public. Then, in one transaction: their projects come out, get the
    prize, the news comes out, the letters go if that was ordered, and it is journalled. What concerns one project or
    the letters alone does not hold up the rest at night; it is noted in `error`. Doing it again changes nothing.
    Raises NotAllowed, Unavailable (storage), and Refused before the embargo ends, while a category is undecided, or
    without an order.
    """
    announcement = Announcement.objects.select_related("round", "ordered_by").get(pk=announcement.pk)
    if announcement.published_at:
        return announcement
    _require_due(announcement)
    assert announcement.ordered_by
    for entry in _winners(announcement.round):
        _adopt(entry, announcement.ordered_by)
    return _publish(announcement)


def publish_due() -> int:
    """Publish what is ordered and due; return how many rounds. A failure is noted, and tried again the next time."""
    count = 0
    due = Announcement.objects.filter(
        ordered_at__isnull=False, published_at__isnull=True, round__embargo_until__lte=clock.now()
    )
    for announcement in due.order_by("pk"):
        try:
            count += bool(publish(announcement).published_at)
        except Exception as error:  # whatever it is: it stays ordered, shows on its page, and is tried again
            said = error.message if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
            log.exception("winners of round %s are not published", announcement.round_id)
            Announcement.objects.filter(pk=announcement.pk, published_at=None).update(error=said)
    return count


@transaction.atomic
def _publish(seen: Announcement) -> Announcement:
    announcement = _locked(seen.round)
    if announcement is None or announcement.published_at:
        return announcement or seen
    _require_due(announcement)
    by, now = announcement.ordered_by, clock.now()
    assert by
    problems = _publish_projects(announcement.round, by)
    prizes.award_due()
    fields = {name: getattr(announcement, name) for name in ("title", "lead", "body", "category")}
    announcement.news = news.save(News(**fields, published_at=now))
    sent = 0
    if announcement.with_letters:
        sent, refusal = _release_letters(announcement.round, by)
        problems += refusal
    announcement.published_at, announcement.error = now, " ".join(problems)
    announcement.save()
    journal.note(
        journal.Verb.WINNERS_PUBLISHED, by=by, about=str(announcement.round), news=announcement.news.pk, letters=sent
    )
    return announcement


def _adopt(entry: Submission, by: User) -> None:
    """Copy a winner into the directory unless it is there or may not be; somebody else may be as quick."""
    if entries.objection(entry) or Project.objects.filter(submission=entry).exists():
        return
    try:
        adoption.adopt(entry, by=by)
    except Refused:
        if not Project.objects.filter(submission=entry).exists():
            raise


def _publish_projects(round: Round, by: User) -> list[str]:
    """Let the winners' projects come out; return in words what stands in the way of one."""
    problems = []
    rows = Project.objects.filter(submission__in=_winners(round))
    projects.lock(rows.values_list("pk", flat=True))
    for project in rows.select_related("submission__current"):
        if project.submission and entries.objection(project.submission):
            continue
        try:
            with transaction.atomic():
                publishing.publish(project, by=by)
        except Refused as refusal:
            problems.append(f"Projekt „{project}“: {refusal.message}")
    return problems


def _release_letters(round: Round, by: User) -> tuple[int, list[str]]:
    """Release all letters that reach somebody, or none; return how many went, and in words what stood in the way."""
    waiting = Letter.objects.filter(submission__round=round, released_at=None).order_by("submission__number")
    try:
        with transaction.atomic():
            sent = letters.release_all(waiting, by=by)
            left = letters.unreached(letters.with_entry().filter(pk__in=waiting))
            return sent, [left] if left else []
    except Refused as refusal:
        return 0, [f"Die Briefe sind noch nicht freigegeben: {refusal.message}"]


def _winners(round: Round) -> list[Submission]:
    return [decision.winner for decision in ceremony.decisions(round) if decision.winner]


def _locked(round: Round) -> Announcement | None:
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("round", "ordered_by", "category")
    return rows.filter(round=round).first()


def _require_allowed(by: User) -> None:
    if not permissions.may_announce(by):
        raise NotAllowed(NOT_YOURS)


def _require_decided(round: Round) -> None:
    waiting = ceremony.undecided(round)
    if waiting:
        names = wording.listed([category.short_name for category in waiting])
        raise Refused(f"Noch nicht entschieden: {names}. Preisträger werden gemeinsam veröffentlicht.")
    if not ceremony.decisions(round).exists():
        raise Refused(NOTHING)


def _require_due(announcement: Announcement) -> None:
    if announcement.ordered_by is None:
        raise Refused("Die Veröffentlichung ist nicht angeordnet.")
    _require_allowed(announcement.ordered_by)
    _require_decided(announcement.round)
    if clock.now() < announcement.round.embargo_until:
        raise Refused(
            f"Die Preisträger bleiben vertraulich bis {wording.opening(announcement.round.embargo_until)}.",
            title="Noch nicht",
        )
