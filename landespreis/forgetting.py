"""Letting rows of people go: with each row goes the mail owed about it, and who got which message to a group about it.

With mail go the files that only it has.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from post_office.models import Email

from landespreis import audiences, mail
from landespreis.models import CircularRecipient
from landespreis.records.retention import mail_lots
from landespreis.refusal import Refused

log = logging.getLogger(__name__)

SOME = 500
"""How many rows one statement names; databases have a limit."""


@transaction.atomic
def delete(rows: "QuerySet[Any]") -> int:
    """Delete `rows` and every mail about them, sent or not; return how many rows went.

    Mail is about a row where `mail.owe` was told so. What changed meanwhile and is none of `rows` any more stays.
    """
    keys = list(rows.order_by().select_for_update(of=("self",)).values_list("pk", flat=True))
    gone = 0
    for start in range(0, len(keys), SOME):
        some = keys[start : start + SOME]
        if written := audiences.abouts(rows.model, some):
            delete(CircularRecipient.objects.filter(about__in=written))
        _delete_mails(Email.objects.filter(context__about__in=[mail.mark(rows.model, key) for key in some]))
        gone += rows.model._base_manager.filter(pk__in=some).delete()[1].get(rows.model._meta.label, 0)
    return gone


def _delete_mails(mails: "QuerySet[Email]") -> None:
    """Delete mails with their attachments; a file of theirs goes once that is certain."""
    lots = mail_lots([("", pk) for pk in mails.values_list("pk", flat=True)])
    paths = [file.path for lot in lots if lot.files for row in lot.rows for file in lot.files(row)]
    for lot in lots:
        lot.rows.delete()
    transaction.on_commit(partial(_delete_files, paths))


def _delete_files(paths: Sequence[str]) -> None:
    for path in paths:
        try:
            default_storage.delete(path)
        except Refused as refusal:
            log.error("file %s of a mail that is gone is still there: %s", path, refusal)
