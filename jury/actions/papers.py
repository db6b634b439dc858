"""Verbs on papers: owe them, render what is owed, and release letters."""

from jury.models import Session


def owe_decided(session: Session) -> None:
    """Owe minutes and certificates, and draft the letters, of a decision that has just been locked."""
