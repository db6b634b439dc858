"""What the search finds of the award. A draft is found by municipality and person, never by title or text."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import PermissionsMixin

from landespreis import lookup, wording
from landespreis.lookup import Group, Hit
from submissions.admin import entries, rounds
from submissions.admin.readonly import numbered
from submissions.models import HelpRequest, Round, Submission


def find(user: PermissionsMixin, words: Sequence[str], limit: int) -> Iterator[Group]:
    if lookup.may_see(user, Submission):
        rows = Submission.objects.select_related("round", "lead", "submitted_lead", "owner").defer("abstract")
        found = numbered(rows, " ".join(words))
        if found is None:
            found = lookup.narrowed(rows, entries.SubmissionAdmin.search_fields, words)
        yield lookup.listed(found, words, limit, _entry)
    if lookup.may_see(user, HelpRequest):
        asked = HelpRequest.objects.select_related("submission__round", "submission__lead", "asked_by")
        fields = ("submission__lead__label", "asked_by__name", "asked_by__email")
        yield lookup.group(asked, fields, words, limit, _asked)
    if lookup.may_see(user, Round):
        yield lookup.group(Round.objects.all(), rounds.RoundAdmin.search_fields, words, limit, _round)


def _entry(row: Submission) -> Hit:
    lead = row.submitted_lead or row.lead
    title = f"{row.label} {row.submitted_title}" if row.number else f"Entwurf {lead or 'ohne Kommune'}"
    check = row.get_formal_check_display() if row.status == Submission.Status.SUBMITTED else ""
    detail = lookup.told(row.get_status_display(), check, lead if row.number else "", row.owner, row.round)
    return Hit(title, lookup.change_url(row), detail)


def _asked(row: HelpRequest) -> Hit:
    about = row.submission.label or f"Entwurf {row.submission.lead or 'ohne Kommune'}"
    return Hit(str(row), lookup.change_url(row), lookup.told(about, wording.moment_short(row.asked_at)))


def _round(row: Round) -> Hit:
    return Hit(row.name, lookup.change_url(row), row.number_prefix)
