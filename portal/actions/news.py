"""Verbs on news: save one, keeping its former address alive."""

from django.db import transaction

from landespreis import clock
from portal.actions import addresses, indexing, texts
from portal.models import News

RESERVED = {"feed"}
"""Addresses below /aktuelles/ that are no items."""


@transaction.atomic
def save(news: News) -> News:
    """Store an item with its text sanitised; without an address it gets one from its title.

    The address it had before leads to it from then on. Raises Unreadable, and Refused for an address that is taken.
    """
    news.body_html = texts.html(news.body)
    before = addresses.settle(news, news.title, RESERVED)
    news.changed_at = clock.now()
    news.save()
    addresses.remember(news, before)
    indexing.index(news)
    return news
