"""A package: what is in it, what its manifest says, and names that would lead out of it."""

import hashlib
import io
import json
import zipfile

import pytest

from landespreis.package import Package


def test_add_writes_content_and_manifest() -> None:
    file = io.BytesIO()

    with Package(file, round="lp2") as package:
        package.add("texte/eins.txt", "Größe")
        package.add("zwei.pdf", iter([b"ab", b"c"]))

    made = zipfile.ZipFile(file)
    manifest = json.loads(made.read("manifest.json"))
    assert made.read("texte/eins.txt").decode() == "Größe"
    assert manifest == {
        "round": "lp2",
        "files": [
            {"name": "texte/eins.txt", "size": 7, "sha256": hashlib.sha256("Größe".encode()).hexdigest()},
            {"name": "zwei.pdf", "size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()},
        ],
    }


@pytest.mark.parametrize("name", ["/etc/passwd", "../oben.txt", "a/../../b.txt", "a\\b.txt", "schon.txt"])
def test_add_bad_name(name: str) -> None:
    package = Package(io.BytesIO())
    package.add("schon.txt", "da")

    with pytest.raises(ValueError, match="cannot be added"):
        package.add(name, "x")


def test_package_after_an_error_has_no_manifest() -> None:
    file = io.BytesIO()

    with pytest.raises(ValueError, match="cannot be added"), Package(file) as package:
        [package.add("eins.txt", words) for words in ("1", "2")]

    assert zipfile.ZipFile(file).namelist() == ["eins.txt"]
