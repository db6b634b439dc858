"""Public pages are made once: kept by their edition, answered with 304 where nothing changed, without any cookie."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import cache as once
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, ResponseHeaders
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from landespreis import clock
from portal import keeping
from portal.keeping import Address, Kept, Terms
from portal.models import Edition
from portal.remembering import Numbers

LONGEST_QUERY = 200
"""Letters of what a view reads of a query; a page of more is made anew each time."""
POLICY = "public, max-age=0, must-revalidate"
"""Everybody may keep the page and asks each time whether it still holds: so a change shows at once, and whoever logs
in never meets the page of somebody who has not."""
PERSONAL = (settings.SESSION_COOKIE_NAME, "messages")
"""Cookies of people whose pages are their own."""
NOT_STORED = {"content-length", "vary", "cache-control", "etag", "last-modified"}
OF_EVERY_ANSWER = {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}
"""What also an answer without body (304) has to say."""
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")

View = Callable[..., HttpResponse]
Until = Callable[[datetime, Numbers], datetime | None]
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def public(*topics: str, params: tuple[str, ...] = (), lasts: Until | None = None) -> Callable[[View], View]:
    """Let everybody without a session share what the view answers, until rows of a topic change.

    `params` are what the view reads of the query. Nothing else of it reaches the view, so an address with anything more
    (`utm_source`, `fbclid`) is the same page. `lasts` tells from the award's present moment, and the numbers of all
    topics, until when a page holds that changes with time alone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_shared(request):
                return view(request, *args, **kwargs)
            _narrow(request, params)
            known = numbers(request)  # before the content: what comes later only makes it newer
            now = clock.now()
            until = lasts(now, known) if lasts else None
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                editions = {topic: known.get(topic, 0) for topic in topics}
                response.terms = Terms(editions, now, until)  # type: ignore[attr-defined]
            return response

        wrapped.public_params = params  # type: ignore[attr-defined]
        return wrapped

    return decorate


def next_minute(now: datetime, numbers: Numbers | None = None) -> datetime:
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
    build()  # now, while the files are those that this process runs

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_shared(request) or request.path.startswith(settings.STATIC_URL) or not _is_ours(request):
            return get_response(request)
        address = _address(request)
        kept = _found(request, address) if address else None
        if kept is None:
            response = get_response(request)
            terms = getattr(response, "terms", None)
            if terms is None or response.cookies or not isinstance(response, HttpResponse):
                return _same_for_all(response)
            kept = _made(response, terms)
            if address and len(address.query) <= LONGEST_QUERY:
                keeping.own.put(address, kept)
                keeping.share(address, build(), kept)
        return _answer(request, kept)

    return middleware


def _is_ours(request: HttpRequest) -> bool:
    """Say whether the host is one of ours; the refusal of others is left to whose it is."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _address(request: HttpRequest) -> Address | None:
    """Return where the page is kept, without what its view does not read; None for what is nobody's public page.

    An address that says nothing more than that is known by the page itself, and its view is not looked for.
    """
    address = Address(request.scheme or "", request.path, request.META.get("QUERY_STRING", ""))
    if not address.query or keeping.own.get(address):
        return address
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return None
    params: Collection[str] | None = getattr(view, "public_params", None)
    return None if params is None else address._replace(query=_known(address.query, params))


def _known(query: str, params: Collection[str]) -> str:
    """Return what of a query has one of these names, as it was written."""
    return "&".join(pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) in params)


def _narrow(request: HttpRequest, params: Collection[str]) -> None:
    """Take out of the request what its view does not read, so that it cannot get into what others are shown."""
    query = request.META.get("QUERY_STRING", "")
    known = _known(query, params)
    if known != query:
        request.META["QUERY_STRING"] = known
        request.__dict__.pop("GET", None)  # read anew from there


def _found(request: HttpRequest, address: Address) -> Kept | None:
    """Return the kept page that still holds: this process's own, or else what another has made."""
    kept = keeping.own.get(address)
    if kept and _holds(request, kept):
        return kept
    kept = keeping.shared(address, build())
    if kept is None or not _holds(request, kept):
        return None
    keeping.own.put(address, kept)
    return kept


def _holds(request: HttpRequest, kept: Kept) -> bool:
    return kept.terms.hold(clock.now(), numbers(request))


def numbers(request: HttpRequest) -> Numbers:
    """Return the number of every topic as it was when the request was first looked at; asked once."""
    found: Numbers | None = getattr(request, "editions", None)
    if found is None:
        found = Edition.objects.every()
        request.editions = found  # type: ignore[attr-defined]
    return found


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
    modified = int(timezone.now().timestamp())
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    headers = {name: value for name, value in response.items() if name.lower() not in NOT_STORED} | {
        "Content-Length": str(len(response.content)),
        "ETag": etag,
        "Last-Modified": http_date(modified),
        "Cache-Control": POLICY,
    }
    return Kept(terms, response.content, headers, etag, modified)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    response = HttpResponse(kept.body)
    response.headers = _copied(kept.ready_headers)
    if not any(name in request.META for name in CONDITIONS):
        return response
    answer = get_conditional_response(request, etag=kept.etag, last_modified=kept.modified, response=response)
    assert answer is not None  # it was given one
    for name in OF_EVERY_ANSWER & kept.headers.keys():
        answer.headers[name] = kept.headers[name]
    return answer


def _copied(headers: ResponseHeaders) -> ResponseHeaders:
    """Return headers of its own for an answer; Django would check and fold the name of each of them again."""
    copied = ResponseHeaders({})
    copied._store = headers._store.copy()
    return copied


@once
def build() -> str:
    """Return what changes with every new build, so that no page outlives the templates that made it."""
    digest = hashlib.sha256(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    base = Path(settings.BASE_DIR)
    for folder, pattern in (("templates", "**/*.html"), ("portal", "**/*.py"), ("landespreis", "**/*.py")):
        for file in sorted((base / folder).glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
