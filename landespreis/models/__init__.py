"""Rows of the ground: the journal and what keeps all journals, files on request, messages, how long what is kept."""

from landespreis.models.chain import Digest, Link
from landespreis.models.circulars import Circular, CircularRecipient, Wording
from landespreis.models.parcels import Parcel
from landespreis.models.purges import Closing, Purge, PurgedRow
from landespreis.models.records import RetentionFigures, RetentionHold, RetentionItem, RetentionRule, RetentionRun
from landespreis.models.traces import Trace

__all__ = [
    "Circular",
    "CircularRecipient",
    "Closing",
    "Digest",
    "Link",
    "Parcel",
    "Purge",
    "PurgedRow",
    "RetentionFigures",
    "RetentionHold",
    "RetentionItem",
    "RetentionRule",
    "RetentionRun",
    "Trace",
    "Wording",
]
