"""The ministry's view of the award: rounds to set up, entries to follow, extensions to grant."""

from submissions.admin import entries, helping, journal, rounds, versions

__all__ = ["entries", "helping", "journal", "rounds", "versions"]
