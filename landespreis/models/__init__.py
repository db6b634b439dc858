"""Rows of the ground: the portal's own journal, what keeps all journals, and files that are made on request."""

from landespreis.models.chain import Digest, Link
from landespreis.models.parcels import Parcel
from landespreis.models.purges import Closing, Purge, PurgedRow
from landespreis.models.traces import Trace

__all__ = ["Closing", "Digest", "Link", "Parcel", "Purge", "PurgedRow", "Trace"]
