"""Pages of long lists: each has its rows in their order, and no more rows are read than it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from landespreis.paging import KeysFirst
from tests.accounts.factories import UserFactory


@pytest.mark.django_db
def test_pages_have_their_rows_in_order() -> None:
    people = sorted(UserFactory.create_batch(5), key=lambda person: person.pk, reverse=True)
    pages = KeysFirst(User.objects.filter(pk__in=[person.pk for person in people]).order_by("-pk"), 2)

    shown = [list(pages.page(number).object_list) for number in (1, 2, 3)]

    assert shown == [people[:2], people[2:4], people[4:]]


@pytest.mark.django_db
def test_page_reads_wide_rows_by_their_keys_only() -> None:
    UserFactory.create_batch(3)
    pages = KeysFirst(User.objects.order_by("-pk"), 2)

    with CaptureQueriesContext(connection) as asked:
        rows = list(pages.page(2).object_list)

    counted, keys, wide = [query["sql"] for query in asked]
    assert "COUNT" in counted
    assert ('"email"' in keys, "OFFSET" in keys or "LIMIT" in keys) == (False, True)
    assert ('"email"' in wide, "OFFSET" in wide) == (True, False)
    assert len(rows) == 1
