"""Rows of the ground: the portal's own journal, and files that are made on request."""

from landespreis.models.parcels import Parcel
from landespreis.models.traces import Trace

__all__ = ["Parcel", "Trace"]
