"""Attack: leaving the folder. Whatever stands in an address, no file of the machine comes out of it."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from landespreis import files
from landespreis.handbook import pages
from landespreis.refusal import Refused
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.submissions import factories

TARGETS = ("etc/passwd", "manage.py", "landespreis/settings.py", "README.md")
UP = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "....//", "..;/", "%c0%ae%c0%ae/", "")
ROOTS = (
    "/static/", "/downloads/", "/bilder/", "/projekte/bild/", "/admin/handbuch/", "/admin/handbuch/bilder/",
    "/aktuelles/", "/einreichungen/", "/jury/dossier/", "/sitemap/", "/",
)  # fmt: skip
INSIDE = ("root:x:", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "# Portal des Landespreises")


def addresses(root: str) -> Iterator[str]:
    for up in UP:
        for target in TARGETS:
            yield f"{root}{up * 6}{target}"
            yield f"{root}x/{up * 7}{target}"
    yield f"{root}{quote('/etc/passwd', safe='')}"
    yield f"{root}file:///etc/passwd"
    yield f"{root}%00/etc/passwd"


@pytest.mark.parametrize("root", ROOTS)
def test_no_address_hands_out_a_file_of_the_machine(client: Client, open_round: Round, root: str) -> None:
    client.raise_request_exception = False
    show_factor(client, StaffFactory(superuser=True))
    told = []
    for address in addresses(root):
        response: Any = client.get("/", PATH_INFO=address) if "\\" in address else client.get(address)
        body = response.getvalue().decode(errors="replace")
        if response.status_code >= 500 or any(word in body for word in INSIDE):
            told.append((address, response.status_code))

    assert told == []


@pytest.mark.parametrize("name", ["../aussen.txt", "/etc/passwd", "a/../../aussen.txt"])
def test_storage_reads_and_writes_nothing_outside(name: str) -> None:
    for attempt in (
        lambda: default_storage.open(name),
        lambda: default_storage.save(name, ContentFile(b"x")),
        lambda: default_storage.delete(name),
        lambda: default_storage.exists(name),
    ):
        with pytest.raises((Refused, Exception)) as refusal:
            attempt()

        assert type(refusal.value).__name__ in {"SuspiciousFileOperation", "Unavailable"}


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.pdf", "..\\..\\x.pdf", "/etc/passwd", "a\0.pdf", "x" * 300 + ".pdf"]
)
def test_name_of_an_upload_is_no_path_in_the_storage(open_round: Round, name: str) -> None:
    """What a person calls a file is only shown; where it lies the portal makes up."""
    row = factories.attachment(factories.draft(open_round), name=files.clean_name(name))

    assert "/.." not in row.file.name
    assert "passwd" not in row.file.name
    assert "/" not in files.clean_name(name)
    assert "\\" not in files.clean_name(name)


@pytest.mark.parametrize("name", ["../betrieb", "../../README", "/etc/passwd", "hilfe/../../betrieb", "..", "hilfe\0"])
def test_handbook_has_its_own_pages_only(client: Client, db: None, name: str) -> None:
    client.raise_request_exception = False
    user: User = StaffFactory(superuser=True)
    show_factor(client, user)

    response = client.get(f"/admin/handbuch/{quote(name, safe='')}/")

    assert response.status_code == 404
    assert pages.picture(f"{name}.png") is None


def test_every_route_that_takes_a_free_path_is_known() -> None:
    """`<path:…>` lets slashes through: only Django's admin uses it, for keys of rows."""
    found = {str(pattern.pattern) for pattern in get_resolver().url_patterns if "<path:" in str(pattern.pattern)}

    assert found == set()


def test_spooled_upload_has_no_name_of_the_person(client: Client, open_round: Round) -> None:
    entry = factories.draft(open_round)
    client.force_login(entry.owner)
    file = io.BytesIO(b"%PDF-1.7 kaputt")
    file.name = "../../../tmp/hinaus.pdf"

    response = client.post(f"{entry.get_absolute_url()}dateien/", {"kind": "anlage", "datei": file})

    assert response.status_code == 422
