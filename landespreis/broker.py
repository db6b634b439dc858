"""A broker in a folder, for one host without Redis: each message a file, and nothing ends because the folder does."""

import json
import logging
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from kombu.transport import virtual

log = logging.getLogger(__name__)


class Channel(virtual.Channel):
    """Keeps the messages of a queue in `<folder>/<queue>/`, named so that they sort by age.

    A message appears whole, because its file is renamed into place, and goes to the one process that removes the
    file. Whatever the folder does, nobody is stopped: missing, it is made again; unusable, it counts as empty, and
    what should go into it is dropped with a warning. That loses nothing: a message only wakes somebody to look at
    rows.
    """

    supports_fanout = False
    do_restore = False
    """What a worker had taken when it was stopped is not put back: the rows say what is left to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]  # kombu has few types
        self.folder = Path(self.connection.client.transport_options["folder"])
        self.listed: dict[str, deque[Path]] = {}
        self.works = True
        with suppress(OSError):  # said where it matters
            self.folder.mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        file = self.folder / queue / f"{time.time_ns():020d}-{uuid4().hex}"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_text(json.dumps(message), encoding="utf-8")
            part.rename(file)
        except OSError as error:
            self._fails(error)
        else:
            self.works = True

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Return the oldest message. The folder is listed anew only when all of the last list are gone."""
        waiting = self.listed.setdefault(queue, deque())
        if not waiting:
            waiting.extend(self._list(queue))
        while waiting:
            file = waiting.popleft()
            try:
                content = file.read_text(encoding="utf-8")
                file.unlink()  # of several who have read it, one succeeds
                return json.loads(content)
            except OSError:
                continue
            except ValueError:
                log.warning("dropped an unreadable message: %s", file.name)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._list(queue))

    def _purge(self, queue: str) -> int:
        files = self._list(queue)
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _list(self, queue: str) -> list[Path]:
        folder = self.folder / queue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            files = sorted(file for file in folder.iterdir() if file.suffix != ".part")
        except OSError as error:
            self._fails(error)
            return []
        self.works = True
        return files

    def _fails(self, error: OSError) -> None:
        """Say once that the folder cannot be used, until it can."""
        if self.works:
            log.warning("the broker's folder cannot be used: %s", error)
        self.works = False


class Transport(virtual.Transport):
    """Register it under a name of its own and give it the transport option `folder`."""

    Channel = Channel
    driver_type = driver_name = "folder"
    polling_interval = 0.1
    """Seconds; a worker that acknowledges late looks for the next message this long after the one before at most."""

    def driver_version(self) -> str:
        return "1"
