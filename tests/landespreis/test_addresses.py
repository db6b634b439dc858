"""Addresses are Django's, looked up once for each view, its arguments and where the portal is mounted."""

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from landespreis import addresses
from landespreis.addresses import address_of


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    addresses._looked_up.cache_clear()


def test_address_is_looked_up_once() -> None:
    found = [address_of("portal:project", "bauhof") for _ in range(3)]

    assert found == [reverse("portal:project", args=["bauhof"])] * 3
    assert addresses._looked_up.cache_info().misses == 1


def test_each_view_and_argument_has_its_own() -> None:
    found = [address_of("portal:projects"), address_of("portal:project", "eins"), address_of("portal:project", "zwei")]

    assert found == ["/projekte/", "/projekte/eins/", "/projekte/zwei/"]


def test_address_follows_the_place_where_the_portal_is_mounted() -> None:
    found = [address_of("portal:projects")]
    try:
        set_script_prefix("/preis/")
        found.append(address_of("portal:projects"))
    finally:
        set_script_prefix("/")

    assert found == ["/projekte/", "/preis/projekte/"]


def test_unknown_view_is_a_mistake_each_time() -> None:
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            address_of("portal:erfunden")
