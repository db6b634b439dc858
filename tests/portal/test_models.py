"""The database's last word: constraints, and versions that never change."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal.models import Inquiry, News, PageVersion, Picture
from tests.accounts.factories import StaffFactory
from tests.portal import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def breaks(constraint: str, write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    assert constraint in str(refusal.value) or "UNIQUE constraint failed" in str(refusal.value)


def test_picture_has_alternative_text() -> None:
    factories.picture()

    breaks("picture_has_alternative_text", lambda: Picture.objects.update(alt=""))


def test_news_has_an_address() -> None:
    factories.NewsFactory()

    breaks("news_has_address", lambda: News.objects.update(slug=""))


@pytest.mark.parametrize("who_and_when", [(True, False), (False, True)])
def test_inquiry_is_settled_by_somebody(who_and_when: tuple[bool, bool]) -> None:
    factories.InquiryFactory()
    somebody, moment = who_and_when
    values = {"settled_by": StaffFactory() if somebody else None, "settled_at": NOW if moment else None}

    breaks("inquiry_is_settled_by_somebody", lambda: Inquiry.objects.update(**values))


def test_versions_of_a_page_are_numbered() -> None:
    version = factories.page().versions.get()
    version.pk = None

    breaks("page_versions_are_numbered", version.save)


def test_version_of_a_page_never_changes() -> None:
    factories.page()

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        PageVersion.objects.update(body="Anders")
