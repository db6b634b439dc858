"""Walking through the portal as somebody: from some addresses to whatever their pages link to, a few of each kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from tests.fuzz.pages import Form, Page
from tests.fuzz.sending import name_of, read

HERE = "http://testserver"


@dataclass
class Walk:
    """What somebody found: pages that answered (name → addresses), forms, and names of parameters in links.

    `without` are addresses that have no page: they take only POST, or lead elsewhere. `refused` are names of those
    that are not for this person.
    """

    pages: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)


def walk(client: Client, start: Iterable[str], *, within: tuple[str, ...] = ("/",), each: int = 2) -> Walk:
    """Visit `start` and what is linked from there `within` these beginnings, at most `each` addresses of one name."""
    found, waiting = Walk(), list(start)
    known: set[str] = set()
    kinds: set[tuple[object, ...]] = set()
    times: Counter[str] = Counter()
    first = set(waiting)
    while waiting:
        url = waiting.pop(0)
        parts = urlsplit(url)
        if url in known or (parts.netloc and f"{parts.scheme}://{parts.netloc}" != HERE):
            continue
        known.add(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        name = name_of(path)
        if not name or (url not in first and (times[name] >= each or not path.startswith(within))):
            continue
        times[name] += 1
        response = client.get(path)
        if response.status_code in {301, 302}:
            waiting.append(response.headers["Location"])
        if response.status_code in {301, 302, 405}:
            found.without.setdefault(name, path)
        if response.status_code == 403:
            found.refused.add(name)
        if response.status_code != 200:
            read(response)
            continue
        found.pages.setdefault(name, []).append(path)
        content = read(response)
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(path, content.decode())
        waiting += page.links
        for link in (*page.links, path):
            found.parameters |= {key for key, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True)}
        for form in page.forms:
            kind = (name_of(form.action), form.method, *sorted(form.fields), *sorted(form.buttons))
            if kind not in kinds:
                kinds.add(kind)
                found.forms.append(form)
    return found
