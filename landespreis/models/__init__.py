"""Rows of the ground: the portal's own journal, files that are made on request, and messages to groups."""

from landespreis.models.circulars import Circular, CircularRecipient, Wording
from landespreis.models.parcels import Parcel
from landespreis.models.traces import Trace

__all__ = ["Circular", "CircularRecipient", "Parcel", "Trace", "Wording"]
