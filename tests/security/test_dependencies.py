"""Attack: a package that is not the one that was looked at. All are pinned with their hashes, and can be listed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
LISTS = sorted(path.name for path in BASE.glob("requirements*.txt"))


def pinned(name: str) -> dict[str, list[str]]:
    """Return the hashes of every package of a list; a line that pins nothing stands under its own text."""
    text = re.sub(r"\\\n\s+", " ", (BASE / name).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line.partition(" ")[0]: re.findall(r"--hash=sha256:([0-9a-f]{64})", line) for line in lines}


def test_lists_are_the_known_ones() -> None:
    assert LISTS == ["requirements-dev.txt", "requirements-node.txt", "requirements-uv.txt", "requirements.txt"]


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_with_its_hashes(name: str) -> None:
    loose = [package for package, hashes in pinned(name).items() if not hashes or "==" not in package]

    assert loose == []


@pytest.mark.parametrize("name", ["package-lock.json", "bench/lighthouse/package-lock.json"])
def test_every_package_for_the_browser_is_pinned_with_its_hash(name: str) -> None:
    packages = json.loads((BASE / name).read_text(encoding="utf-8"))["packages"]
    loose = [path for path, told in packages.items() if path and not told.get("integrity", "").startswith("sha512-")]

    assert loose == []


def test_scripts_install_from_these_lists_only() -> None:
    installs = re.findall(r"^.*pip install.*$", (BASE / "bin" / "setup").read_text(encoding="utf-8"), re.MULTILINE)
    installs += re.findall(r"^.*pip install.*$", (BASE / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "# " not in line] == []


def test_bill_of_materials_names_what_is_installed(tmp_path: Path) -> None:
    out = tmp_path / "python.cdx.json"
    tool = Path(sys.executable).with_name("cyclonedx-py")

    subprocess.run(
        [tool, "requirements", BASE / "requirements.txt", "--of", "JSON", "-o", out], check=True, capture_output=True
    )

    told = {f"{part['name']}=={part['version']}" for part in json.loads(out.read_text("utf-8"))["components"]}
    assert told == {re.sub(r"\[.*?\]", "", package) for package in pinned("requirements.txt")}
