"""Verbs on news: save one, keeping its former address alive."""

from django.db import transaction

from landespreis import clock
from landespreis.refusal import Refused
from portal import slugs
from portal.actions import texts
from portal.models import FormerAddress, News

MOST = 80
RESERVED = {"feed"}
"""Addresses below /aktuelles/ that are no items."""


@transaction.atomic
def save(news: News) -> News:
    """Store an item with its text sanitised; without an address it gets one from its title.

    The address it had before leads to it from then on. Raises Unreadable, and Refused for an address that is taken.
    """
    news.body_html = texts.html(news.body)
    before = News.objects.select_for_update().get(pk=news.pk).slug if news.pk else ""
    others = News.objects.exclude(pk=news.pk)
    if not news.slug:
        taken = {
            *RESERVED,
            *others.values_list("slug", flat=True),
            *FormerAddress.objects.values_list("slug", flat=True),
        }
        news.slug = before or slugs.free(slugs.slug(news.title, most=MOST), taken, most=MOST)
    if news.slug in RESERVED or others.filter(slug=news.slug).exists():
        raise Refused(f"Die Adresse „{news.slug}“ ist schon vergeben. Wählen Sie eine andere.")
    news.changed_at = clock.now()
    news.save()
    FormerAddress.objects.filter(slug=news.slug).delete()
    if before and before != news.slug:
        FormerAddress.objects.update_or_create(slug=before, defaults={"news": news})
    return news
