"""The folder in which the processes of one server count together: fresh with each start, and gone with its end.

It must be there before prometheus_client is imported, which looks for it then.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
NAME = "landespreis-figures"
MEMORY = Path("/dev/shm")  # noqa: S108  # the files change with every request, and no disk should write that


def prepare() -> Path:
    """Make the folder and name it to this process and its children; take away what servers left that were killed.

    Called again in the same process, as by a gunicorn that reads its configuration anew, it keeps the folder. A process
    that takes the place of another (USR2) makes its own.
    """
    folder = Path(os.environ.get(VARIABLE, ""))
    if folder.name.startswith(f"{NAME}-{os.getpid()}-") and folder.is_dir():
        return folder
    place = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-{os.getpid()}-", dir=place))
    os.environ[VARIABLE] = str(folder)
    return folder


def clear(folder: Path) -> None:
    """Take the folder away when its server ends."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path, *, alone: bool) -> Iterator[None]:
    """Let nobody put the files of dead processes together while another reads them."""
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{NAME}-*-*"):
        pid = folder.name.split("-")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            clear(folder)
