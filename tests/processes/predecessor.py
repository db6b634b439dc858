"""The version named in deploy/predecessor: its code, taken from the repository's history."""

import io
import subprocess
import tarfile
from pathlib import Path

from tests.processes.portal import ROOT

CURE = (
    "deploy/predecessor names {ref}, which this repository's history does not hold. Fetch the whole history "
    "(git fetch --unshallow --tags), or name the last version that was installed anywhere."
)


def ref() -> str:
    """Return the tag or commit that deploy/predecessor names."""
    lines = (ROOT / "deploy" / "predecessor").read_text(encoding="utf-8").splitlines()
    [name] = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return name


def git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False)  # noqa: S607 - as in bin/
    assert done.returncode == 0, f"{CURE.format(ref=ref())}\n{done.stderr.decode()}"
    return done.stdout


def names() -> set[str]:
    """Return the paths of all its files."""
    return set(git("ls-tree", "-r", "--name-only", ref()).decode().splitlines())


def unpack(folder: Path) -> Path:
    """Lay its code into `folder`, beside the packages for browsers of this version, and return that."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", ref()))) as archive:
        archive.extractall(folder, filter="data")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder
