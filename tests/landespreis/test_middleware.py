"""Tests of response headers, the limit of bodies and refusals as pages."""

from io import BytesIO

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import Client, RequestFactory

from accounts.models import User
from landespreis import middleware
from landespreis.refusal import NotAllowed, Refused, TooLate, Unavailable

DOWNLOADS = "/einreichungen/0c5f2f0e-1111-4222-8333-444455556666/dateien/"


class UnreadableBody(BytesIO):
    """A body that must not be touched."""

    def read(self, size: int | None = -1, /) -> bytes:
        pytest.fail("the body was read")


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def headers(client: Client, path: str) -> dict[str, str]:
    """Ask for a page or a static file and read it to its end, which closes it."""
    response = client.get(path)
    response.getvalue()
    return dict(response.headers)


def announce(path: str, length: str) -> HttpRequest:
    request = RequestFactory().post(path, b"", content_type="application/octet-stream")
    request.META["CONTENT_LENGTH"] = length
    request._stream = UnreadableBody()
    return request


@pytest.mark.parametrize("name", sorted(middleware.HEADERS))
def test_response_headers_are_on_every_answer(client: Client, db: None, name: str) -> None:
    found = [headers(client, path)[name] for path in ("/impressum/", "/gibt-es-nicht/", "/static/css/base.css")]

    assert found == [middleware.HEADERS[name]] * 3


def test_policy_is_strict_on_every_answer(client: Client, db: None) -> None:
    policies = [headers(client, path)["Content-Security-Policy"] for path in ("/", "/static/img/hero.svg")]

    for policy in policies:
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


def test_response_headers_keep_pages_of_a_session_out_of_caches(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("a@stadt.example", name="A"))

    assert client.get("/landespreis/").headers["Cache-Control"] == "no-store"


def test_response_headers_let_public_pages_and_files_be_cached(client: Client, db: None) -> None:
    page = headers(client, "/landespreis/")
    client.force_login(User.objects.create_user("a@stadt.example", name="A"))
    file = headers(client, "/static/css/base.css")

    assert page["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "public" in file["Cache-Control"]


def test_response_headers_keep_what_a_view_has_set() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cross-Origin-Resource-Policy": "cross-origin"})

    response = middleware.response_headers(view)(RequestFactory().get("/"))

    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/konto/login/", middleware.FORM_LIMIT, 200),
        ("/konto/login/", middleware.FORM_LIMIT + 1, 413),
        (DOWNLOADS, settings.BODY_LIMIT, 200),
        (DOWNLOADS, settings.BODY_LIMIT + 1, 413),
        (DOWNLOADS, 200_000_000, 413),
        ("/admin/", settings.BODY_LIMIT, 200),
        ("/jury/" + DOWNLOADS, middleware.FORM_LIMIT + 1, 413),
    ],
)
def test_body_limit_answers_by_the_announced_length(path: str, length: int, status: int) -> None:
    response = middleware.body_limit(answer)(announce(path, str(length)))

    assert response.status_code == status


@pytest.mark.parametrize("length", ["", "nonsense", "-1"])
def test_body_limit_ignores_a_length_that_is_none(length: str) -> None:
    assert middleware.body_limit(answer)(announce("/konto/login/", length)).status_code == 200


def test_body_limit_stands_in_front_of_every_page(client: Client, db: None) -> None:
    response = client.post("/konto/login/", "x", content_type="text/plain", CONTENT_LENGTH="200000000")

    assert response.status_code == 413
    assert "zu groß" in response.content.decode()


def refuse(refusal: Exception, **headers: str) -> HttpResponse | None:
    request = RequestFactory().get("/", headers=headers)
    page = middleware.refusals(answer).process_exception(request, refusal)  # type: ignore[attr-defined]
    assert page is None or isinstance(page, HttpResponse)
    return page


@pytest.mark.parametrize("refusal", [Refused, NotAllowed, TooLate, Unavailable])
def test_refusals_become_a_page_with_their_status(refusal: type[Refused]) -> None:
    page = refuse(refusal("Die Frist ist <vorbei>.", title="Zu spät"))

    assert page is not None
    assert page.status_code == refusal.status
    assert '<h1 class="lp-h1">Zu spät</h1>' in page.content.decode()
    assert "Die Frist ist &lt;vorbei&gt;." in page.content.decode()


def test_refusals_become_an_alert_for_htmx() -> None:
    page = refuse(TooLate("Die Frist ist vorbei."), **{"HX-Request": "true"})

    assert page is not None
    assert (page.status_code, page.headers["HX-Retarget"], page.headers["HX-Reswap"]) == (
        409,
        "#meldungen",
        "innerHTML",
    )
    assert page.content.decode().startswith('<div class="kern-alert kern-alert--danger" role="alert">')


def test_refusals_leave_other_exceptions_alone() -> None:
    assert refuse(ValueError("x")) is None


def test_refusals_give_a_wrong_method_a_page(client: Client, db: None) -> None:
    response = client.post("/impressum/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "Diese Adresse lässt sich so nicht aufrufen" in response.content.decode()


def test_refusals_leave_a_filled_answer_to_a_wrong_method_alone() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"], b"own words")

    response = middleware.refusals(view)(RequestFactory().get("/"))

    assert isinstance(response, HttpResponse)
    assert response.content == b"own words"
