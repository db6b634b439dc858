"""Attack: guessing and flooding. Limits per account and network hold, say when to go on, and shut out nobody else."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from landespreis import throttle
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, MembershipFactory, StaffFactory, UserFactory
from tests.portal import factories as content
from tests.portal import proposing
from tests.submissions import factories

WRONG = "falsch-falsch"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted(settings: Settings) -> None:
    cache.clear()
    settings.FORM_SECONDS = 0


def try_password(client: Client, email: str, password: str = WRONG, **extra: Any) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra).status_code


# What allauth counts --------------------------------------------------------------------------------------------------


def codes(client: Client) -> Callable[[], Any]:
    client.post(reverse("account_login"), {"login": StaffFactory().email, "password": PASSWORD})
    return lambda: client.post(reverse("mfa_authenticate"), {"code": "000000"})


def logged_in(name: str, sent: dict[str, str]) -> Callable[[Client], Callable[[], Any]]:
    def prepare(client: Client) -> Callable[[], Any]:
        client.force_login(UserFactory())
        return lambda: client.post(reverse(name), sent)

    return prepare


GUESSES: dict[str, tuple[str, Callable[[Client], Callable[[], Any]]]] = {
    "login": ("3/m/ip", lambda c: lambda: c.post(reverse("account_login"), {})),
    "login_failed": ("3/5m/key", codes),
    "signup": ("3/m/ip", lambda c: lambda: c.post(reverse("account_signup"), {})),
    "reset_password": (
        "3/m/key",
        lambda c: lambda: c.post(reverse("account_reset_password"), {"email": "wer@stadt.example"}),
    ),
    "reset_password_from_key": (
        "3/m/ip",
        lambda c: lambda: c.post(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x"})),
    ),
    "reauthenticate": ("3/m/user", logged_in("account_reauthenticate", {})),
    "change_password": ("3/m/user", logged_in("account_change_password", {})),
    "manage_email": ("3/m/user", logged_in("account_email", {"action_add": "", "email": "kein"})),
}


def is_held_back(response: HttpResponse) -> bool:
    return response.status_code == 429 or "Zu viele Versuche" in response.content.decode()


@pytest.mark.parametrize("name", GUESSES)
def test_fourth_guess_is_held_back(client: Client, settings: Settings, name: str) -> None:
    rate, prepare = GUESSES[name]
    settings.ACCOUNT_RATE_LIMITS = project.ACCOUNT_RATE_LIMITS | {name: rate}
    guess = prepare(client)

    answers = [is_held_back(guess()) for _ in range(4)]

    assert answers == [False, False, False, True]


def test_fourth_guess_of_a_passkey_is_held_back(client: Client, settings: Settings) -> None:
    settings.MFA_RATE_LIMITS = {"webauthn_login": "3/m/ip"}

    answers = [client.post(reverse("mfa_login_webauthn"), {"credential": "{}"}).status_code for _ in range(4)]

    assert answers == [302, 302, 302, 429]


def test_every_limit_of_accounts_has_its_test() -> None:
    assert set(project.ACCOUNT_RATE_LIMITS) == {*GUESSES, "confirm_email"}


def test_code_of_an_address_can_be_guessed_three_times(client: Client) -> None:
    """The code is void then: the way begins anew."""
    town = MembershipFactory().municipality
    fields = {"name": "Neu", "email": "neu@kommune.example", "password1": PASSWORD, "department": "Kultur"}
    client.post(reverse("account_signup"), fields | {"municipality": town.ags})
    place = reverse("account_email_verification_sent")

    answers = [client.post(place, {"code": "ABCD-EFGH"}).status_code for _ in range(4)]

    assert answers == [200, 200, 302, 302]
    assert "_auth_user_id" not in client.session


# Who is shut out, and who is not --------------------------------------------------------------------------------------


def test_town_halls_behind_one_address_all_get_in() -> None:
    """The last evening in the data centre of a county: sixty officials within a minute, some with a typing mistake."""
    people = [UserFactory() for _ in range(60)]

    answers = []
    for number, person in enumerate(people):
        browser = Client(REMOTE_ADDR="198.51.100.7")
        if number % 3 == 0:
            try_password(browser, person.email)
        answers.append(try_password(browser, person.email, PASSWORD))

    assert answers == [302] * 60


def test_stranger_elsewhere_cannot_shut_an_account_out() -> None:
    person = UserFactory()
    stranger, home = Client(REMOTE_ADDR="203.0.113.9"), Client(REMOTE_ADDR="198.51.100.7")

    guesses = [try_password(stranger, person.email, f"falsch-{number}") for number in range(10)]

    assert guesses == [200] * 9 + [429]
    assert try_password(home, person.email, PASSWORD) == 302


def test_guesses_from_everywhere_are_counted_together(settings: Settings) -> None:
    settings.RATE_LIMITS = project.RATE_LIMITS | {"password": "5/h/key"}
    person = UserFactory()

    guesses = [try_password(Client(REMOTE_ADDR=f"203.0.113.{n}"), person.email.upper()) for n in range(6)]

    assert guesses == [200] * 5 + [429]
    assert try_password(Client(REMOTE_ADDR="198.51.100.7"), UserFactory().email, PASSWORD) == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.5", "127.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "10.9.8.7, 203.0.113.5", "203.0.113.5"),
        (2, "10.9.8.7, 203.0.113.5, 192.0.2.1", "203.0.113.5"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_that_a_client_makes_up_does_not_count(
    settings: Settings, proxies: int, forwarded: str, counted: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {})

    assert throttle.network(request) == counted


def test_login_is_held_back_whatever_address_a_client_makes_up(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    email = UserFactory().email

    answers = [try_password(Client(headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.5"}), email) for n in range(10)]

    assert answers == [200] * 9 + [429]


def test_whole_network_counts_where_one_house_has_many_addresses() -> None:
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::7", "2001:db8:1:3::1", "198.51.100.7"]

    found = [throttle.network(RequestFactory(REMOTE_ADDR=address).get("/")) for address in addresses]

    assert found == ["2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:3::", "198.51.100.7"]


# What the portal counts -----------------------------------------------------------------------------------------------


def inquire(client: Client, round: Round) -> Callable[[], Any]:
    content.page("kontakt", title="Kontakt")
    begun = client.get("/kontakt/").context["form"]["begun"].value()
    sent = {"name": "A", "email": "a@stadt.example", "subject": "S", "message": "Behalten!", "begun": begun}
    return lambda: client.post("/kontakt/", sent)


def register(client: Client, round: Round) -> Callable[[], Any]:
    path = reverse("portal:registration_new", args=[content.EventFactory().slug])
    begun = client.get(path).context["form"]["begun"].value()
    sent = {"name": "Behalten!", "email": "a@stadt.example", "organisation": "Soest", "begun": begun}
    return lambda: client.post(path, sent)


def subscribe(client: Client, round: Round) -> Callable[[], Any]:
    path = reverse("portal:newsletter_ask")
    begun = client.get(path).context["form"]["begun"].value()
    return lambda: client.post(path, {"email": "behalten@stadt.example", "begun": begun})


def upload(client: Client, round: Round) -> Callable[[], Any]:
    entry = factories.draft(round)
    client.force_login(entry.owner)

    def send() -> Any:
        file = BytesIO(b"kein PDF")
        file.name = "a.pdf"
        return client.post(reverse("submissions:files", args=[entry.pk]), {"kind": "anlage", "datei": file})

    return send


def invite(client: Client, round: Round) -> Callable[[], Any]:
    entry = factories.draft(round)
    client.force_login(entry.owner)
    numbers = iter(range(9))
    path = reverse("submissions:editors", args=[entry.pk])
    return lambda: client.post(path, {"email": f"behalten{next(numbers)}@stadt.example", "role": "read"})


def propose(client: Client, round: Round) -> Callable[[], Any]:
    client.force_login(proposing.person())

    def start() -> Any:
        page = client.get(reverse("portal:proposal_new"))
        sent = {field.html_name: field.value() or "" for field in page.context["form"]}
        return client.post(reverse("portal:proposal_new"), sent)

    return start


def take_own_data(client: Client, round: Round) -> Callable[[], Any]:
    client.force_login(UserFactory())
    return lambda: client.get(reverse("accounts:export"))


ACTS = {
    "inquiry": inquire, "registration": register, "subscribe": subscribe, "upload": upload, "invite": invite,
    "proposal": propose, "own_data": take_own_data,
}  # fmt: skip


def test_every_limit_has_its_test() -> None:
    assert set(project.RATE_LIMITS) == {*ACTS, "password"}


@pytest.mark.parametrize(
    ("name", "rate"), [(name, rate) for name in ACTS for rate in project.RATE_LIMITS[name].split(",")]
)
def test_third_time_is_too_often(client: Client, open_round: Round, settings: Settings, name: str, rate: str) -> None:
    """And says when to go on; where a form was sent, it is shown again with what was typed."""
    settings.RATE_LIMITS = project.RATE_LIMITS | {name: f"2/10m/{rate.rpartition('/')[2]}"}
    act = ACTS[name](client, open_round)

    statuses, last = [act().status_code, act().status_code], act()

    page = last.content.decode()
    assert 429 not in statuses
    assert (last.status_code, last.headers["Retry-After"]) == (429, "600")
    assert "Versuchen Sie es in 10 Minuten noch einmal." in page
    assert "ehalten" in page or name in {"upload", "proposal", "own_data"}


VERBS = {
    "inquiry": "portal.actions.inquiries.receive",
    "registration": "portal.actions.registrations.register",
    "subscribe": "portal.actions.subscribing.ask",
}


@pytest.mark.parametrize("name", VERBS)
def test_what_failed_on_our_side_is_nobodys_attempt(
    client: Client, open_round: Round, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else whoever pressed while the database was away would be told to wait an hour, and nothing would be there."""
    settings.RATE_LIMITS = project.RATE_LIMITS | {name: "2/10m/ip,2/10m/key"}
    client.raise_request_exception = False
    act = ACTS[name](client, open_round)
    with monkeypatch.context() as patch:
        patch.setattr(VERBS[name], Mock(side_effect=OperationalError("away")))
        failed = [act().status_code for _ in range(4)]

    after = [act().status_code for _ in range(3)]

    assert failed == [503] * 4
    assert after == [302, 302, 429]


def test_limits_go_on_counting_without_redis(client: Client, settings: Settings, no_redis: None) -> None:
    """The memory of the process counts instead: nothing breaks, and nothing is without limit."""
    settings.RATE_LIMITS = project.RATE_LIMITS | {"own_data": "2/10m/user"}
    client.force_login(UserFactory())

    answers = [client.get(reverse("accounts:export")).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_page_says_when_to_try_again(client: Client) -> None:
    email = UserFactory().email
    for _ in range(9):
        try_password(client, email)

    response = client.post(reverse("account_login"), {"login": email, "password": "falsch"})

    assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
    assert "Warten Sie fünf Minuten" in response.content.decode()


@pytest.mark.parametrize("secret", ["erfunden", "eyJqdXJvciI6MX0:1abcde:AAAA", "x" * 300])
@pytest.mark.parametrize("name", ["jury:invitation", "submissions:invitation", "submissions:takeover"])
def test_invitations_cannot_be_guessed(client: Client, open_round: Round, name: str, secret: str) -> None:
    """Their links are signed, so no number of guesses helps, and none is counted."""
    show_factor(client, UserFactory())

    assert client.get(reverse(name, args=[secret])).status_code == 404
