"""Verbs on proposals for the directory: begin and write one, put it in, decide about it."""

from portal.actions.proposals.deciding import correct, hand_back, publish
from portal.actions.proposals.gate import Outdated, seen
from portal.actions.proposals.handing_in import Declarations, Incomplete, recall, submit
from portal.actions.proposals.pictures import add_picture, remove_picture
from portal.actions.proposals.writing import MOST_PARTNERS, Conflict, discard, open_change, save, start, start_change

__all__ = [
    "MOST_PARTNERS",
    "Conflict",
    "Declarations",
    "Incomplete",
    "Outdated",
    "add_picture",
    "correct",
    "discard",
    "hand_back",
    "open_change",
    "publish",
    "recall",
    "remove_picture",
    "save",
    "seen",
    "start",
    "start_change",
    "submit",
]
