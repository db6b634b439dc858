"""Lines of the log: their shape, what they belong to, and that nothing about people is in them."""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from landespreis import delivery
from landespreis.watching import logs, tracing
from portal.actions import subscribing
from portal.models import Subscriber
from submissions.actions import receipts
from submissions.models import Receipt, Round
from tests.accounts.factories import PASSWORD, MunicipalityFactory
from tests.landespreis.watching.written import written
from tests.submissions import factories

log = logging.getLogger("landespreis.probe")


def record(message: str, *args: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("landespreis.probe", logging.WARNING, __file__, 1, message, args, None)
    made.__dict__.update(more)
    return made


def test_line_is_one_object_with_utc_level_logger_and_message() -> None:
    said = record("zwei\nZeilen für %s", "Ä")
    said.created = 1_770_000_000.25

    line = logs.JsonFormatter().format(said)

    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-02-02T02:40:00.250Z", "level": "WARNING", "logger": "landespreis.probe",
        "message": "zwei\nZeilen für Ä",
    }  # fmt: skip


def test_line_holds_named_fields_only() -> None:
    """Celery's records have the arguments of a task in `data`."""
    line = json.loads(logs.JsonFormatter().format(record("x", data={"args": "('Ada',)"}, user="Ada", fields={"ms": 1})))

    assert sorted(line) == ["level", "logger", "message", "ms", "time"]


def test_line_tells_request_and_task() -> None:
    tracing.begin("aaaaaaaa bbbbbbbb", tracing.Work("id-7", "landespreis.tasks.link_days"))
    try:
        line = json.loads(logs.JsonFormatter().format(record("x")))
    finally:
        tracing.end()

    assert (line["request_id"], line["task_id"], line["task"]) == (
        "aaaaaaaa bbbbbbbb", "id-7", "landespreis.tasks.link_days",
    )  # fmt: skip


def test_traceback_is_a_field_and_scrubbed() -> None:
    try:
        raise ValueError("no mailbox ada@stadt.example")
    except ValueError:
        line = json.loads(logs.JsonFormatter().format(record("failed", exc_info=sys.exc_info())))

    assert line["traceback"].splitlines()[-1] == "ValueError: no mailbox [address]"


def test_line_for_people_says_the_same() -> None:
    said = record("mail to %s", "ada@stadt.example", fields={"ms": 3})
    said.created = 1_770_000_000.25
    tracing.begin("aaaaaaaa")
    try:
        line = logs.LineFormatter().format(said)
    finally:
        tracing.end()

    assert line == "2026-02-02T02:40:00.250Z WARNING landespreis.probe mail to [address] request_id=aaaaaaaa ms=3"


@pytest.mark.parametrize(("message", "args"), [
    ("%s: %s", ("Not Found", "/jury/einladung/geheim-7/")),
    ("Method Not Allowed (%s): %s", ("PUT", "/jury/einladung/geheim-7/")),
    ("Forbidden (%s): %s", ("CSRF cookie not set.", "/jury/einladung/geheim-7/")),
])  # fmt: skip
def test_django_names_the_view_instead_of_the_path(message: str, args: tuple[str, ...]) -> None:
    request = RequestFactory().get("/jury/einladung/geheim-7/")
    said = record(message, *args, request=request)
    said.name = "django.request"

    line = logs.JsonFormatter().format(said)

    assert "geheim" not in line
    assert json.loads(line)["message"].endswith("… (jury:invitation)")


def test_gunicorn_names_no_address_of_a_request() -> None:
    said = record("Error handling request %s %s", "GET", "/suche/?q=Ada+Lovelace")
    said.name = "gunicorn.error"

    assert json.loads(logs.JsonFormatter().format(said))["message"] == "Error handling request"


@pytest.mark.parametrize(("form", "formatter"), [("json", logs.JsonFormatter), ("line", logs.LineFormatter)])
@pytest.mark.parametrize("config", [logs.config, logs.server_config])
def test_config_is_one_that_logging_takes(
    form: str, formatter: type, config: Callable[[str, str], dict[str, Any]]
) -> None:
    chosen = logging.config.dictConfigClass(config(form, "INFO"))  # type: ignore[attr-defined]

    assert type(chosen.configure_formatter(chosen.config["formatters"]["chosen"])) is formatter


@pytest.mark.django_db
def test_request_to_another_host_is_a_line_and_no_error(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]

    with written() as log:
        answer = client.get("/", headers={"host": "fremd.example"})

    [line] = log.of("django.security.DisallowedHost")
    assert (answer.status_code, line["level"]) == (400, "WARNING")
    assert "fremd.example" in line["message"]
    assert "traceback" not in line


# What people do -----------------------------------------------------------------------------------------
def test_log_of_what_people_do_names_nobody(client: Client, open_round: Round, settings: Any) -> None:
    """Sign-up, failed login, forgotten password, newsletter, receipt, refused mail, an error: logged in full."""
    settings.ACCESS_LOG = True
    settings.ROOT_URLCONF = "tests.landespreis.watching.urls"
    settings.EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"
    refusing = "tests.landespreis.watching.refusing.Refusing"
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": refusing}}
    MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    entry = factories.complete(open_round)
    owner = entry.owner
    secrets = {"Tarek", "Yildirim", "t.yildirim", "ada", "kommune.example", owner.name, owner.email, PASSWORD}
    client.raise_request_exception = False

    with written() as said:
        code = sign_up(client)
        client.post(reverse("account_login"), {"login": "ada@kommune.example", "password": "Falsch-2026-ada"})
        reset = ask_for_password(client, entry.owner)
        token = subscribe(client)
        client.get(f"/termine/kaputt/{token}/", {"von": "ada@kommune.example"})
        client.get("/gibt/es/nicht/ada@kommune.example/")
        client.get("/jury/einladung/ada-geheim-7/")
        client.force_login(entry.owner)
        client.get(reverse("submissions:overview", args=[entry.pk]))
        factories.submit(entry)
        receipts.fulfil(Receipt.objects.get())
        delivery.send_owed()

    views = [line["view"] for line in said.of(logs.ACCESS)]
    text = re.sub(r"\b[0-9a-f]{16}\b", "…", said.text)  # ids of requests: by chance one has «ada» in it
    found = [secret for secret in secrets | {code, reset, token, "geheim", str(entry.pk)} if secret in text]
    assert found == []
    assert {"account_signup", "account_login", "portal:newsletter_confirm", "unknown", "jury:invitation"} <= set(views)
    assert [line["level"] for line in said.of("django.request") if "traceback" in line] == ["ERROR"]
    assert len(said.of("landespreis.delivery")) == Email.objects.count()
    assert all("request_id" in line for line in said.lines if line["logger"] in {logs.ACCESS, "django.request"})


def sign_up(client: Client) -> str:
    client.post(reverse("account_signup"), {
        "name": "Tarek Yildirim", "email": "t.yildirim@soest.example", "password1": PASSWORD,
        "municipality": "Stadt Soest (05974040)", "department": "Fachbereich 3",
    })  # fmt: skip
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", Email.objects.latest("pk").message, re.MULTILINE)
    assert code
    client.post(reverse("account_email_verification_sent"), {"code": code[0]})
    client.logout()
    return code[0]


def ask_for_password(client: Client, owner: User) -> str:
    client.post(reverse("account_reset_password"), {"email": owner.email})
    link = re.search(r"/konto/password/reset/key/([^/\s]+)/", Email.objects.latest("pk").message)
    assert link
    client.get(link[0])
    return link[1]


def subscribe(client: Client) -> str:
    token = subscribing.token(subscribing.ask("ada@kommune.example"))
    client.post(reverse("portal:newsletter_confirm", args=[token]))
    assert Subscriber.objects.get().status == Subscriber.Status.ACTIVE
    return token
