"""The rehearsal's own bucket does for the portal's storage what a real one does, and fails as it is told."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from landespreis import files, storages
from landespreis.refusal import Unavailable
from rehearsal.bucket import Bucket
from rehearsal.machines import free_port, wait


@pytest.fixture
def bucket(settings: Any, tmp_path: Path) -> Iterator[Bucket]:
    folder = tmp_path / "bucket"
    folder.mkdir()
    made = Bucket(free_port(), folder)
    made.open()
    settings.FILES_URL = f"{made.url}&timeout=20"
    yield made
    made.close()


@pytest.fixture
def impatient(settings: Any, bucket: Bucket) -> None:
    """The portal waits a moment only."""
    settings.FILES_URL = f"{bucket.url}&timeout=0.2"


def test_it_keeps_gives_lists_and_deletes(bucket: Bucket) -> None:
    content = os.urandom(2_000_000)
    for number in range(5):
        default_storage.save(f"einreichungen/{number % 2}/ä {number}.pdf", ContentFile(content))

    names = [kept.name for kept in files.everything_in("einreichungen")]
    with default_storage.open(names[3]) as file:
        assert file.read() == content
    assert names == [f"einreichungen/{number % 2}/ä {number}.pdf" for number in (0, 2, 4, 1, 3)]
    assert default_storage.listdir("einreichungen") == (["0", "1"], [])
    assert default_storage.listdir("einreichungen/1") == ([], ["ä 1.pdf", "ä 3.pdf"])
    assert default_storage.size(names[0]) == len(content)

    default_storage.delete(names[0])

    assert not default_storage.exists(names[0])
    with pytest.raises(FileNotFoundError):
        default_storage.open(names[0])


def test_a_long_listing_comes_page_by_page(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.bucket.MOST", 7)
    for number in range(20):
        bucket.keep(f"jury/{number:02}.pdf", b"x")

    assert [kept.name for kept in files.everything_in("jury")] == [f"jury/{number:02}.pdf" for number in range(20)]
    assert bucket.asked == 3


def test_a_big_file_goes_and_comes_in_parts(bucket: Bucket) -> None:
    content = os.urandom(storages.IN_ONE_PIECE + 1)

    name = files.store("pakete/gross.zip", [content])

    assert (bucket.folder / name).read_bytes() == content
    with default_storage.open(name) as file:
        assert file.read() == content


def test_whoever_names_no_key_gets_nothing(bucket: Bucket, settings: Any) -> None:
    bucket.keep("a.pdf", b"x")
    settings.FILES_URL = settings.FILES_URL.replace("generalprobe:", "nobody:")

    with pytest.raises(Unavailable):
        default_storage.open("a.pdf")


@pytest.mark.parametrize("harm", ["busy", "drops"])
def test_an_upload_to_a_bucket_that_sends_away_is_refused_and_leaves_nothing(bucket: Bucket, harm: str) -> None:
    setattr(bucket, harm, True)

    with pytest.raises(Unavailable, match=r"nicht gespeichert|nicht abrufbar"):
        files.store("a.pdf", [b"x"])

    setattr(bucket, harm, False)
    assert [*bucket.folder.iterdir()] == []
    assert files.store("a.pdf", [b"x"]) == "a.pdf"


def test_a_full_bucket_still_gives_and_deletes(bucket: Bucket) -> None:
    bucket.keep("a.pdf", b"x")
    bucket.full = True

    with pytest.raises(Unavailable, match="nicht gespeichert"):
        files.store("b.pdf", [b"x"])

    with default_storage.open("a.pdf") as file:
        assert file.read() == b"x"
    default_storage.delete("a.pdf")
    assert not default_storage.exists("a.pdf")


def test_a_bucket_that_hangs_is_asked_twice_and_then_given_up(bucket: Bucket, impatient: None) -> None:
    bucket.waits.clear()

    with pytest.raises(Unavailable):
        files.store("a.pdf", [b"x"])

    assert bucket.asked == storages.ATTEMPTS


def test_nobody_else_waits_for_a_bucket_that_hangs(
    bucket: Bucket, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(storages, "time", SimpleNamespace(monotonic=lambda: now))
    bucket.waits.clear()
    for _ in range(3):
        with pytest.raises(Unavailable):
            default_storage.exists("a.pdf")
    assert bucket.asked == storages.ATTEMPTS

    now += 0.2  # one tries, the others do not wait for it
    for _ in range(3):
        with pytest.raises(Unavailable):
            default_storage.exists("a.pdf")
    assert bucket.asked == 2 * storages.ATTEMPTS

    bucket.waits.set()
    with pytest.raises(Unavailable):
        default_storage.exists("a.pdf")
    now += 0.2
    assert [default_storage.exists("a.pdf") for _ in range(3)] == [False] * 3


def test_while_one_tries_again_the_others_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(storages, "time", SimpleNamespace(monotonic=lambda: now))
    silence = storages.Silence(10)
    assert [silence.may_ask(), silence.may_ask()] == [True, True]

    silence.note(silent=True)
    now += 10

    assert [silence.may_ask(), silence.may_ask()] == [True, False]
    silence.note(silent=False)
    assert [silence.may_ask(), silence.may_ask()] == [True, True]


def test_what_was_given_up_may_be_done_later(bucket: Bucket, impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal cannot know; the sweep finds such a file."""
    monkeypatch.setattr(files.PrivateStorage, "exists", lambda *given: False)
    bucket.waits.clear()
    with pytest.raises(Unavailable, match="nicht gespeichert"):
        files.store("jury/a.pdf", [b"x"])

    bucket.waits.set()

    wait((bucket.folder / "jury/a.pdf").exists, "it is stored after all")


def test_closed_it_ends_open_connections_and_opens_again(bucket: Bucket) -> None:
    assert not default_storage.exists("a.pdf")

    bucket.close()

    with pytest.raises(Unavailable):
        default_storage.exists("a.pdf")
    bucket.open()
    assert not default_storage.exists("a.pdf")


@pytest.mark.parametrize("given", ["bald", "0", "-1", "nan"])
def test_a_timeout_that_is_no_time_is_refused(settings: Any, given: str) -> None:
    settings.FILES_URL = f"s3://k:s@127.0.0.1:9/b?timeout={given}"

    with pytest.raises(ImproperlyConfigured, match="timeout"):
        default_storage.exists("a.pdf")


def test_no_question_waits_for_long(settings: Any) -> None:
    """Together with `test_a_bucket_that_hangs_is_asked_twice`: an upload asks once and stores in one request."""
    settings.FILES_URL = "s3://k:s@127.0.0.1:9/b?secure=0"
    config = files.PrivateStorage().backend.client_config  # type: ignore[attr-defined]

    longest = storages.ATTEMPTS * (config.connect_timeout + config.read_timeout)

    assert config.retries["total_max_attempts"] == storages.ATTEMPTS
    assert 2 * longest < 60
    assert storages.IN_ONE_PIECE > settings.BODY_LIMIT
