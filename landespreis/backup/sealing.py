"""Encryption of a backup with age: to public keys, so that the machine that writes backups cannot read them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import IO, TypeVar

import pyrage

from landespreis.backup.archive import Damaged

Made = TypeVar("Made")


class BadKey(Exception):
    """What was given is no key of age."""


def recipients(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Return public keys («age1…»). Raises BadKey."""
    try:
        return [pyrage.x25519.Recipient.from_str(key.strip()) for key in keys]
    except pyrage.RecipientError as error:
        raise BadKey(f"Das ist kein öffentlicher Schlüssel von age: {error}") from error


def identity(file: Path) -> pyrage.x25519.Identity:
    """Return the secret key in a file as `age-keygen` writes it. Raises BadKey, OSError."""
    lines = [line.strip() for line in file.read_text().splitlines()]
    keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    try:
        return pyrage.x25519.Identity.from_str(keys[0])
    except (IndexError, pyrage.IdentityError) as error:
        raise BadKey(f"In {file} steht kein geheimer Schlüssel von age.") from error


def sealed(write: Callable[[IO[bytes]], Made], out: IO[bytes], keys: list[pyrage.x25519.Recipient]) -> Made:
    """Let `write` write to `out` through the encryption; nothing of it lies in the clear on a disk."""
    return _through(write, lambda reader: pyrage.encrypt_io(reader, out, keys))


def opened(source: IO[bytes], key: pyrage.x25519.Identity, out: IO[bytes]) -> None:
    """Decrypt `source` to `out`. Raises Damaged when the key does not fit or a byte has changed."""
    try:
        pyrage.decrypt_io(source, out, [key])
    except pyrage.DecryptError as error:
        raise Damaged(f"Die Sicherung lässt sich mit diesem Schlüssel nicht öffnen: {error}") from error


def _through(write: Callable[[IO[bytes]], Made], read: Callable[[IO[bytes]], None]) -> Made:
    """Connect a writer and a reader by a pipe; the reader works in a thread of its own. Raises what either raises."""
    receiving, sending = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    failures: list[BaseException] = []

    def consume() -> None:
        try:
            with receiving:
                read(receiving)
        except BaseException as error:  # handed to whoever waits for the thread
            failures.append(error)

    thread = Thread(target=consume, name="sealing")
    thread.start()
    try:
        with sending:
            made = write(sending)
    except BrokenPipeError:
        thread.join()
        raise failures[0] from None
    thread.join()
    if failures:
        raise failures[0]
    return made
