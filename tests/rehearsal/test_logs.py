"""What the look into the logs finds: each secret in one line of one log."""

import pytest

from rehearsal.cast import PASSWORD
from rehearsal.invariants import logs
from rehearsal.mailbox import Letter
from rehearsal.stage import Stage

TOKEN = "Qk3vX9_pL-72zTq1mWb8"
LEAVE = "b5338547428840718f1c15dae94ae11b"
ENTRY = "1f0c5a52-9f0a-4b8e-9f51-3c1f2f5f9d10"
SITE = "http://127.0.0.1"
TEXT = f"""Ihr Code:

AB12-CD34

{SITE}/einreichungen/einladung/{TOKEN}/ und {SITE}/einreichungen/{ENTRY}/
{SITE}/newsletter/abmelden/{LEAVE}/"""


@pytest.fixture
def mailed(stage: Stage) -> Stage:
    stage.installation.mail.letters.append(Letter("neu@stadt.example", "Code", TEXT, (), {}, 0))
    return stage


def found(stage: Stage, line: str) -> list[bool]:
    (stage.installation.logs / "000-web.log").write_text(f"INFO started\n{line}\n")
    return [finding.holds for finding in logs.quiet(stage)]


def test_quiet_holds_for_what_a_log_may_say(mailed: Stage) -> None:
    assert found(mailed, f"ERROR django.request Internal Server Error: /einreichungen/{ENTRY}/ at portal.example") == [
        True,
        True,
    ]


def test_quiet_finds_an_address_of_the_cast_and_of_a_letter(mailed: Stage) -> None:
    assert found(mailed, f"mail to <{mailed.cast.towns[0].email.upper()}> failed") == [False, True]
    assert found(mailed, "DETAIL: (neu@stadt.example, 1)") == [False, True]


@pytest.mark.parametrize("secret", [PASSWORD, "AB12-CD34", TOKEN, LEAVE])
def test_quiet_finds_passwords_codes_and_tokens(mailed: Stage, secret: str) -> None:
    assert found(mailed, f"WARNING GET /einladung/{secret}/?x=1") == [True, False]
    assert found(mailed, f"password={secret}") == [True, False]


def test_quiet_reads_the_servers_logs_too(mailed: Stage) -> None:
    (mailed.installation.folder / "postgresql.log").write_text("STATEMENT: neu@stadt.example")

    assert [finding.holds for finding in logs.quiet(mailed)] == [False, True]
