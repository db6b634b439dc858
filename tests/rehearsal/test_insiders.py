"""Somebody inside does what is not done yet, until it is; each code of the app is shown once."""

import pytest

from rehearsal.insiders import CODE_SECONDS, Insider, once
from rehearsal.stage import Stage

SECRET = "JBSWY3DPEHPK3PXP"


def test_once_leaves_alone_what_is_done(stage: Stage) -> None:
    did: list[str] = []

    once(stage, "nothing", lambda: True, lambda: did.append("again"))

    assert did == []


def test_once_goes_on_until_it_is_done_whatever_the_answer_was(stage: Stage) -> None:
    did: list[str] = []

    def does() -> None:
        did.append("sent")
        if len(did) == 1:
            raise LookupError("no answer, and it was not done")

    once(stage, "something", lambda: len(did) == 2, does)

    assert did == ["sent", "sent"]


def test_code_is_another_one_for_each_login(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 10.0, 29.0, 31.0])
    monkeypatch.setattr("rehearsal.insiders.time.time", lambda: 1_000_000 * CODE_SECONDS + next(moments))
    person = Insider("Renate Vollmer", "renate@geschaeftsstelle.example", stage.browser(), secret=SECRET)

    first = person.code()

    assert (person.used, first != person.code(), person.used) == (1_000_000, True, 1_000_001)
