"""Public pages are made once: kept by their edition, answered with 304 where nothing changed, without any cookie."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache as once
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from redis.exceptions import RedisError

from landespreis import clock
from portal.models import Edition

log = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 60 * 60
LONGEST_QUERY = 200
POLICY = "public, max-age=0, must-revalidate"
"""Everybody may keep the page and asks each time whether it still holds: so a change shows at once, and whoever logs
in never meets the page of somebody who has not."""
PERSONAL = (settings.SESSION_COOKIE_NAME, "messages")
"""Cookies of people whose pages are their own."""
NOT_STORED = {"content-length", "vary", "cache-control", "etag", "last-modified"}
OF_EVERY_ANSWER = {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}
"""What also an answer without body (304) has to say."""

View = Callable[..., HttpResponse]
Until = Callable[[datetime], datetime | None]
GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class Terms:
    """What a public page depends on: editions by topic, and the award's time between `since` and `until`."""

    editions: dict[str, int]
    since: datetime
    until: datetime | None
    keep: bool

    def hold(self) -> bool:
        now = clock.now()
        in_time = self.since <= now and (self.until is None or now < self.until)
        return in_time and Edition.objects.numbers(self.editions) == self.editions


@dataclass(frozen=True)
class Kept:
    """A page as it is answered: body, its own headers, when it was made (in the machine's time, for HTTP)."""

    terms: Terms
    body: bytes
    headers: dict[str, str]
    etag: str
    made: datetime


def public(*topics: str, params: tuple[str, ...] = (), lasts: Until | None = None) -> Callable[[View], View]:
    """Let everybody without a session share what the view answers, until rows of a topic change.

    `params` are what the view reads of the query; with others in it the page is made anew. `lasts` tells from the
    award's present moment until when a page holds that changes with time alone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_shared(request):
                return view(request, *args, **kwargs)
            editions = Edition.objects.numbers(topics)  # before the content: what comes later only makes it newer
            now = clock.now()
            until = lasts(now) if lasts else None
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                keep = set(request.GET) <= set(params) and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
                response.terms = Terms(editions, now, until, keep)  # type: ignore[attr-defined]
            return response

        return wrapped

    return decorate


def next_minute(now: datetime) -> datetime:
    """Until when a page holds that says how many minutes are left; every date of a round is a full minute."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def is_shared(request: HttpRequest) -> bool:
    """Say whether the answer may be the same for everybody: nobody has logged in, and no message waits."""
    return request.method in {"GET", "HEAD"} and not any(name in request.COOKIES for name in PERSONAL)


def pages(get_response: GetResponse) -> GetResponse:
    """Answer with a kept page where its terms hold; keep what a `public` view has made.

    It stands outside of all others: what sessions add for everybody (`Vary: Cookie`) does not reach a public page, and
    a kept one has its headers of security already.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_shared(request) or request.path.startswith(settings.STATIC_URL) or not _is_ours(request):
            return get_response(request)
        key = _key(request)
        kept = _load(key)
        if kept is None or not kept.terms.hold():
            response = get_response(request)
            terms = getattr(response, "terms", None)
            if terms is None or response.cookies or not isinstance(response, HttpResponse):
                return _same_for_all(response)
            kept = _made(response, terms)
            if terms.keep:
                _save(key, kept)
        return _answer(request, kept)

    return middleware


def _is_ours(request: HttpRequest) -> bool:
    """Say whether the host is one of ours; the refusal of others is left to whose it is."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _same_for_all(response: HttpResponseBase) -> HttpResponseBase:
    """Take `Vary: Cookie` from what is the same for everybody without a session, or kept by nobody.

    That is a file its view calls public, a page that was not found, and a form that says `no-store`: sessions were only
    looked at there.
    """
    if response.cookies:
        return response
    if response.status_code == HTTPStatus.NOT_FOUND:
        response.headers.setdefault("Cache-Control", POLICY)
    if {"public", "no-store"} & set(response.headers.get("Cache-Control", "").split(", ")):
        response.headers.pop("Vary", None)
    return response


def _made(response: HttpResponse, terms: Terms) -> Kept:
    headers = {name: value for name, value in response.items() if name.lower() not in NOT_STORED}
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return Kept(terms, response.content, headers, etag, timezone.now())


def _answer(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    modified = int(kept.made.timestamp())
    response = HttpResponse(kept.body, headers=kept.headers)
    response.headers["Content-Length"] = str(len(kept.body))
    response.headers["ETag"] = kept.etag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Cache-Control"] = POLICY
    answer = get_conditional_response(request, etag=kept.etag, last_modified=modified, response=response)
    assert answer is not None  # it was given one
    for name in OF_EVERY_ANSWER & kept.headers.keys():
        answer.headers[name] = kept.headers[name]
    return answer


def _key(request: HttpRequest) -> str:
    address = f"{build()} {request.scheme} {request.get_full_path()}"
    return f"page:{hashlib.sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _load(key: str) -> Kept | None:
    try:
        kept = cache.get(key)
    except (RedisError, OSError) as error:
        log.warning("the cache does not answer: %s", error)
        return None
    return kept if isinstance(kept, Kept) else None


def _save(key: str, kept: Kept) -> None:
    try:
        cache.set(key, kept, KEPT_SECONDS)
    except (RedisError, OSError) as error:
        log.warning("the cache does not answer: %s", error)


@once
def build() -> str:
    """Return what changes with every new build, so that no page outlives the templates that made it."""
    digest = hashlib.sha256(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    base = Path(settings.BASE_DIR)
    for folder, pattern in (("templates", "**/*.html"), ("portal", "**/*.py"), ("landespreis", "**/*.py")):
        for file in sorted((base / folder).glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
