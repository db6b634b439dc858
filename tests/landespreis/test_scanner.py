"""The clamd client against a real clamd with one signature, and against servers that misbehave."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from landespreis import scanner
from landespreis.scanner import Unreachable, Verdict

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # in two, for other scanners


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real clamd that knows EICAR only and takes files up to 2 MB: its addresses by scheme."""
    program = shutil.which("clamd", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if not program:
        if os.environ.get("CI"):
            pytest.fail("clamd is missing: install clamav-daemon")
        pytest.skip("clamd is not installed")
    home = tmp_path_factory.mktemp("clamd")
    (home / "db").mkdir()
    (home / "db" / "test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    port = free_port()
    (home / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {home}/db\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"LocalSocket {home}/clamd.sock\nStreamMaxLength 2M\nMaxThreads 2\n"
    )
    daemon = subprocess.Popen([program, f"--config-file={home}/clamd.conf"], stdout=subprocess.DEVNULL)
    addresses = {"tcp": f"tcp://127.0.0.1:{port}", "unix": f"unix://{home}/clamd.sock"}
    try:
        for _ in range(200):
            try:
                scanner.scan(BytesIO(b"ready?"), url=addresses["unix"])
                break
            except Unreachable:
                assert daemon.poll() is None, "clamd did not start"
                time.sleep(0.1)
        yield addresses
    finally:
        daemon.terminate()
        daemon.wait()


@pytest.fixture
def server() -> Iterator[Callable[[bytes | None], str]]:
    """Start a server that reads a little, answers the given bytes (None: nothing) and hangs up or hangs."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def start(answer: bytes | None) -> str:
        def talk() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    over.wait(10)
                else:
                    connection.sendall(answer)

        threading.Thread(target=talk, daemon=True).start()
        return f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    over.set()
    listener.close()


@pytest.mark.parametrize("scheme", ["tcp", "unix"])
def test_scan_finds_a_harmless_file_clean(clamd: dict[str, str], scheme: str) -> None:
    verdict = scanner.scan(BytesIO(os.urandom(1024 * 1024)), url=clamd[scheme])

    assert verdict == Verdict.CLEAN
    assert verdict.clean


@pytest.mark.parametrize("scheme", ["tcp", "unix"])
def test_scan_names_the_malware_it_finds(clamd: dict[str, str], scheme: str) -> None:
    verdict = scanner.scan(BytesIO(b"x" * 200_000 + EICAR), url=clamd[scheme])

    assert not verdict.clean
    assert verdict.signature == "Test.Eicar.UNOFFICIAL"


def test_scan_asks_the_scanner_of_the_settings(clamd: dict[str, str], settings: Any) -> None:
    settings.CLAMD_URL = clamd["unix"]

    assert not scanner.scan(BytesIO(EICAR)).clean


def test_scan_of_an_empty_file_is_clean(clamd: dict[str, str]) -> None:
    assert scanner.scan(BytesIO(b""), url=clamd["tcp"]).clean


def test_scan_gives_no_verdict_on_a_file_the_scanner_finds_too_large(clamd: dict[str, str]) -> None:
    with pytest.raises(Unreachable):
        scanner.scan(BytesIO(b"x" * 3_000_000), url=clamd["tcp"])


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl", "http://clamd", ""])
def test_scan_gives_no_verdict_where_no_scanner_listens(url: str, settings: Any) -> None:
    settings.CLAMD_URL = ""

    with pytest.raises(scanner.NotThere):
        scanner.scan(BytesIO(b"x"), url=url)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: O",
        b"stream: OK",
        b"stream: INSTREAM size limit exceeded. ERROR\0",
        b"HTTP/1.1 200 OK\r\n\r\nstream: OK\n\0",
        b"\xff\xfe\0",
        b"A" * 10_000,
    ],
)
def test_scan_gives_no_verdict_when_the_answer_is_not_one(server: Callable[[bytes | None], str], answer: bytes) -> None:
    with pytest.raises(Unreachable) as caught:
        scanner.scan(BytesIO(b"x"), url=server(answer))

    assert caught.type is Unreachable


def test_scan_does_not_wait_for_a_scanner_that_says_nothing(server: Callable[[bytes | None], str]) -> None:
    started = time.monotonic()

    with pytest.raises(Unreachable):
        scanner.scan(BytesIO(b"x"), url=server(None), timeout=0.3)

    assert time.monotonic() - started < 3


def test_enabled_only_when_a_scanner_is_set(settings: Any) -> None:
    settings.CLAMD_URL = ""
    assert not scanner.enabled()

    settings.CLAMD_URL = "tcp://localhost:3310"
    assert scanner.enabled()
