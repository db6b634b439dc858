"""Rows of the ground: the portal's own journal, files made on request, and how long what is kept."""

from landespreis.models.parcels import Parcel
from landespreis.models.records import RetentionFigures, RetentionHold, RetentionItem, RetentionRule, RetentionRun
from landespreis.models.traces import Trace

__all__ = [
    "Parcel",
    "RetentionFigures",
    "RetentionHold",
    "RetentionItem",
    "RetentionRule",
    "RetentionRun",
    "Trace",
]
