"""Collects what somebody is answered, word for word: bodies, headers, every page on the way, PDFs as text, mails."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from post_office.models import Email

from landespreis.watching.requests import HEADER
from submissions.models import Category, Submission
from tests.jury import decided, worlds

HTMX = {"HX-Request": "true"}
Seen = dict[str, str]
"""What was answered, by what was asked."""


def told(response: Any) -> str:
    """Return status, headers, cookies and body of an answer and of those that led to it.

    The id of the request is left out: it is made up for each.
    """
    parts = [f"{code} {url}" for url, code in getattr(response, "redirect_chain", [])]
    headers = [f"{name}: {value}" for name, value in response.items() if name != HEADER]
    parts += [str(response.status_code), *headers]
    parts += [cookie.OutputString() for cookie in response.cookies.values()]
    content = b"".join(response.streaming_content) if response.streaming else response.content
    worlds.status(response)
    is_paper = response.get("Content-Type") == "application/pdf" and b"endobj" in content
    return "\n".join([*parts, decided.text(content) if is_paper else content.decode(errors="replace")])


def jury(client: Client, entries: Iterable[Submission], winner: Submission) -> Seen:
    """Return what every address of the jury answers about each of the entries: looked at, asked by script, sent to.

    What a POST changes is taken back at once.
    """
    found: Seen = {}
    for entry in entries:
        for name in worlds.ROUTES:
            url, data = worlds.address(name, entry), worlds.sent(name, entry, winner)
            found[f"GET {url}"] = told(client.get(url, follow=True))
            found[f"htmx {url}"] = told(client.get(url, headers=HTMX))
            with transaction.atomic():
                found[f"POST {url}"] = told(client.post(url, data, follow=True))
                found[f"htmx POST {url}"] = told(client.post(url, data, headers=HTMX))
                transaction.set_rollback(True)
    return found


def public(words: Iterable[str]) -> Seen:
    """Return what everybody can read without an account, and find by searching for `words`."""
    client = Client(raise_request_exception=False)
    names = ("home", "award", "projects", "news", "events", "faq", "search")
    urls = [reverse(f"portal:{name}") for name in names]
    urls += [f"{reverse('portal:search')}?q={word}" for word in words]
    urls += [reverse("healthz"), reverse("readyz"), reverse("account_login"), "/projekte.json", "/projekte/feed/"]
    return {url: told(client.get(url, follow=True)) for url in urls}


def office(client: Client, words: Iterable[str], categories: Iterable[Category]) -> Seen:
    """Return what the admin shows: every list, also searched, every row with its history, the jury's own pages."""
    urls = [reverse("admin:index"), reverse("accounts:export")]
    for model in admin.site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        urls.append(reverse(f"{stem}_changelist"))
        urls += [f"{urls[-1]}?q={word}" for word in words]
        urls += list(_rows(stem, model))
    for category in categories:
        urls += [
            reverse(f"admin:jury_session_{page}", args=[category.pk])
            for page in ("category", "open", "attendance", "confirm", "points")
        ]
    return {url: told(client.get(url, follow=True)) for url in urls}


def _rows(stem: str, model: Any) -> Iterator[str]:
    for pk in model._default_manager.values_list("pk", flat=True)[:8]:
        for page in ("change", "history", "delete"):
            try:
                yield reverse(f"{stem}_{page}", args=[pk])
            except NoReverseMatch:
                continue


def mails(address: str) -> Seen:
    """Return every mail to `address`, with its HTML, headers and the texts of what is attached."""
    found = Email.objects.prefetch_related("attachments").order_by("pk")
    return {
        f"{row.pk} {row.subject}": "\n".join(
            [
                row.subject,
                row.message,
                row.html_message,
                str(row.headers),
                *(file.name for file in row.attachments.all()),
            ]
        )
        for row in found
        if address in [*row.to, *row.cc, *row.bcc]
    }


def traces(seen: Seen, words: Iterable[str]) -> list[tuple[str, str]]:
    """Return where a word turned up."""
    return [(asked, word) for asked, said in seen.items() for word in words if word in said]
