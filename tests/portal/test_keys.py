"""Links of registrations and subscriptions: new ones with 128 random bits, those of before as good as ever."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from landespreis import keys
from portal.models import Registration, Subscriber
from tests.portal import factories


@pytest.mark.parametrize("model", [Registration, Subscriber])
def test_new_ones_have_keys_of_128_random_bits(model: type[Registration] | type[Subscriber]) -> None:
    assert model._meta.get_field("key").default is keys.unguessable


def test_migration_touches_no_table() -> None:
    migration = import_module("portal.migrations.0012_keys_of_128_bits").Migration("0012", "portal")

    assert [operation.database_operations for operation in migration.operations] == [[]]


@pytest.mark.django_db
def test_links_of_before_stay_good(client: Client) -> None:
    registration, subscriber = factories.registration(factories.EventFactory()), factories.SubscriberFactory()
    Registration.objects.filter(pk=registration.pk).update(key=(old := uuid4()))
    Subscriber.objects.filter(pk=subscriber.pk).update(key=(older := uuid4()))

    assert client.get(reverse("portal:registration", args=[old])).status_code == 200
    assert client.get(reverse("portal:newsletter_leave", args=[older.hex])).status_code == 200
