"""The tables of the award by topic: round, entry, people and files, formal check, the office's help, what happened."""

from submissions.models.checking import Finding, Proposal
from submissions.models.entry import Answer, Partner, Section, Submission, Variant
from submissions.models.files import Attachment
from submissions.models.help import HelpAnswer, HelpRequest, Offer
from submissions.models.people import Editor
from submissions.models.record import Event, Extension, Receipt, Reminder, Version
from submissions.models.round import Round
from submissions.models.rules import Category, Criterion, Question

__all__ = [
    "Answer",
    "Attachment",
    "Category",
    "Criterion",
    "Editor",
    "Event",
    "Extension",
    "Finding",
    "HelpAnswer",
    "HelpRequest",
    "Offer",
    "Partner",
    "Proposal",
    "Question",
    "Receipt",
    "Reminder",
    "Round",
    "Section",
    "Submission",
    "Variant",
    "Version",
]
