"""The jury in the admin, by topic: seats and people, Sessions and progress, papers and letters."""

from jury.admin import papers, seats, sessions

__all__ = ["papers", "seats", "sessions"]
