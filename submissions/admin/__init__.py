"""The ministry's view of the award: rounds to set up, entries to follow, extensions to grant."""

from submissions.admin import entries, journal, rounds

__all__ = ["entries", "journal", "rounds"]
