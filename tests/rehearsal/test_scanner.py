"""The rehearsal's scanner, asked by the portal's client."""

from collections.abc import Iterator
from io import BytesIO

import pytest

from landespreis import scanner
from rehearsal.machines import free_port
from rehearsal.scanner import Scanner

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # in two, for other scanners


@pytest.fixture
def clamd() -> Iterator[Scanner]:
    server = Scanner(free_port())
    server.open()
    yield server
    server.close()


def ask(clamd: Scanner, content: bytes, timeout: float = 5) -> scanner.Verdict:
    return scanner.scan(BytesIO(content), url=f"tcp://127.0.0.1:{clamd.port}", timeout=timeout)


def test_scanner_gives_verdicts(clamd: Scanner) -> None:
    assert ask(clamd, b"x" * 200_000) == scanner.Verdict.CLEAN
    assert ask(clamd, EICAR) == scanner.Verdict("Eicar-Test-Signature")
    assert clamd.scanned == 2


def test_scanner_that_errs_gives_no_verdict(clamd: Scanner) -> None:
    clamd.errs = True

    with pytest.raises(scanner.Unreachable):
        ask(clamd, b"x")


def test_scanner_that_hangs_gives_no_verdict_until_it_goes_on(clamd: Scanner) -> None:
    clamd.waits.clear()
    with pytest.raises(scanner.Unreachable):
        ask(clamd, b"x", timeout=0.2)
    clamd.waits.set()

    assert ask(clamd, b"x").clean


def test_scanner_comes_back_on_its_port(clamd: Scanner) -> None:
    clamd.close()
    with pytest.raises(scanner.Unreachable):
        ask(clamd, b"x")
    clamd.open()

    assert ask(clamd, b"x").clean
