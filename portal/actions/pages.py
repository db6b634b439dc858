"""Verbs on pages: save one, which writes a version, and bring an earlier version back."""

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from landespreis import clock
from portal.actions import indexing, texts
from portal.models import Page, PageVersion


@transaction.atomic
def save(page: Page, *, by: User | None) -> Page:
    """Store the page with its text sanitised, and a version of it unless nothing changed.

    `by` is None for the text that comes with the portal. Raises Unreadable.
    """
    if page.pk:
        Page.objects.select_for_update().values_list("pk").get(pk=page.pk)
    page.body_html = texts.html(page.body)
    last = page.versions.first() if page.pk else None
    if last and _content(last) == _content(page):
        page.save()
        indexing.index(page)
        return page
    page.changed_at = clock.now()
    page.save()
    indexing.index(page)
    number = (page.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    PageVersion.objects.create(
        page=page,
        number=number,
        title=page.title,
        lead=page.lead,
        body=page.body,
        is_placeholder=page.is_placeholder,
        saved_at=page.changed_at,
        saved_by=by,
    )
    return page


def restore(version: PageVersion, *, by: User) -> Page:
    """Let the text of an earlier version stand on the page again; that is a new version. Raises Unreadable."""
    page = version.page
    page.title, page.lead, page.body = version.title, version.lead, version.body
    page.is_placeholder = version.is_placeholder
    return save(page, by=by)


def load(slug: str, *, title: str, lead: str, body: str) -> bool:
    """Put the text that comes with the portal on its page, as a placeholder; say whether anything was written.

    What a person has saved stays as it is.
    """
    page = Page.objects.filter(slug=slug).first() or Page(slug=slug)
    if page.pk and page.versions.filter(saved_by__isnull=False).exists():
        return False
    before = page.versions.count() if page.pk else 0
    page.title, page.lead, page.body, page.is_placeholder = title, lead, body, True
    return save(page, by=None).versions.count() > before


def _content(row: Page | PageVersion) -> tuple[str, str, str, bool]:
    return row.title, row.lead, row.body, row.is_placeholder
