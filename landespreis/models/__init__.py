"""Rows of the ground: the portal's journal and what keeps all journals, files made on request, messages to groups."""

from landespreis.models.chain import Digest, Link
from landespreis.models.circulars import Circular, CircularRecipient, Wording
from landespreis.models.parcels import Parcel
from landespreis.models.purges import Closing, Purge, PurgedRow
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
    "Trace",
    "Wording",
]
