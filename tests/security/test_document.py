"""docs/sicherheit.md answers every requirement of ASVS 5.0.0 up to level 2 once, and every test it names is there."""

import ast
import re
from pathlib import Path

from django.conf import settings

from accounts import passwords

BASE = Path(settings.BASE_DIR)
TEXT = (BASE / "docs" / "sicherheit.md").read_text(encoding="utf-8")
LEVEL_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""Section → how many of its requirements belong to levels 1 and 2; those of level 3 come after them."""
STATES = {"ja", "teils", "offen", "Betrieb", "–"}


def rows(heading: str, columns: int) -> list[list[str]]:
    table = TEXT.partition(f"## {heading}")[2].partition("\n## ")[0]
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    assert {len(row) for row in found} == {columns}
    return found[1:]


def test_every_requirement_of_asvs_is_answered_once() -> None:
    told = [number for row in rows("OWASP ASVS", 5) for number in row[0].split(", ")]
    known = [f"{section}.{n}" for section, most in LEVEL_2.items() for n in range(1, most + 1)]

    assert len(known) == 253
    assert sorted(told) == sorted(known)


def test_every_requirement_of_the_bsi_is_answered_once() -> None:
    told = [int(number) for row in rows("BSI", 5) for number in re.findall(r"\bA(\d+)", row[0])]

    assert sorted(told) == sorted({1, *range(2, 23)})


def test_every_answer_has_a_state_and_what_is_met_a_test_or_a_reason() -> None:
    asvs = rows("OWASP ASVS", 5)

    assert {row[2] for row in asvs} <= STATES
    assert {row[3] for row in rows("BSI", 5)} <= STATES
    assert [row[0] for row in asvs if row[2] == "ja" and row[4] == "–" and row[0] not in WITHOUT_TEST] == []


WITHOUT_TEST = {"6.2.10", "6.4.2", "7.1.1, 7.1.2", "11.1.1, 11.1.2", "12.3.2", "14.1.1, 14.1.2", "14.3.3", "15.3.6"}
"""What is not there, or is written down, or is another package's default: nothing of ours could be broken."""


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)::(\w*)`", TEXT))
    missing = []
    for file, function in sorted(named):
        path = BASE / "tests" / file
        defined = {
            node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        }
        if function not in defined:
            missing.append(f"{file}::{function}")

    assert len(named) > 90
    assert missing == []


def test_document_tells_the_numbers_of_the_settings() -> None:
    told = TEXT.partition("**Sitzungen.**")[2].partition("**Passwörter.**")[0]

    assert f"{settings.SESSION_IDLE_SECONDS // 60} Minuten" in told
    assert f"nach {settings.SESSION_IDLE_GUARDED_SECONDS // 60} für alle" in told
    assert f"{settings.SESSION_COOKIE_AGE // 3600} Stunden" in told
    assert "9 in 5 Minuten" in TEXT
    assert settings.ACCOUNT_RATE_LIMITS["login_failed"].endswith("9/5m/key")
    assert f"({settings.RATE_LIMITS['password'].partition('/')[0]} in der Stunde)" in TEXT
    assert "`WORDS`" in TEXT
    assert passwords.WORDS
