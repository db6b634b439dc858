"""Attack: taking over a session. It gets a new key with every right, idles so long, and ends everywhere at once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import User
from landespreis.tasks import clear_sessions
from submissions.models import Round
from tests.accounts.authenticator import code
from tests.accounts.factories import PASSWORD, StaffFactory, UserFactory
from tests.conftest import MIDWAY
from tests.submissions import factories

pytestmark = pytest.mark.django_db
Clock = Callable[[datetime], None]
COOKIE = project.SESSION_COOKIE_NAME
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def log_in(client: Client, user: User) -> Client:
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    if user.is_staff:
        client.post(reverse("mfa_authenticate"), {"code": code()})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def key(client: Client) -> str:
    return client.cookies[COOKIE].value


# A key that somebody else knows ---------------------------------------------------------------------------------------


def test_key_is_another_after_the_login(client: Client) -> None:
    """The attacker had put a session of their own into the browser."""
    trap = Client()
    trap.post(reverse("account_login"), {"login": UserFactory().email, "password": PASSWORD})
    trap.post(reverse("account_logout"))
    session = trap.session
    session["trap"] = True
    session.save()
    client.cookies[COOKIE] = planted = str(session.session_key)

    log_in(client, UserFactory())

    assert key(client) != planted
    client_of_attacker = Client()
    client_of_attacker.cookies[COOKIE] = planted
    assert not is_in(client_of_attacker)


def test_key_is_another_after_each_step_of_the_login(client: Client) -> None:
    person = StaffFactory(superuser=True)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    halfway = key(client)
    attacker = Client()
    attacker.cookies[COOKIE] = halfway

    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert client.get("/admin/").status_code == 200
    assert key(client) != halfway
    assert attacker.get("/admin/").status_code == 302


def test_key_is_another_after_showing_the_factor_later(client: Client) -> None:
    """A session that began without the factor, as where it was set up elsewhere; its line in the list goes along."""
    person = StaffFactory(superuser=True, totp=False)
    log_in(client, person)
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data=Authenticator.objects.get(user=StaffFactory()).data
    )
    before = key(client)

    client.post(f"{reverse('mfa_reauthenticate')}?next=/admin/", {"code": code()})

    assert client.get("/admin/").status_code == 200
    assert key(client) != before
    assert not Session.objects.filter(session_key=before).exists()
    assert list(UserSession.objects.filter(user=person).values_list("session_key", flat=True)) == [key(client)]


def test_key_is_random_and_long(client: Client) -> None:
    keys = {key(log_in(Client(), UserFactory())) for _ in range(5)}

    assert len(keys) == 5
    assert all(re.fullmatch(r"[a-z0-9]{32}", one) for one in keys)  # 165 bits


def test_code_of_the_second_factor_works_once() -> None:
    """Whoever looked over a shoulder has the code, for half a minute, and gains nothing by it."""
    person, seen = StaffFactory(superuser=True), code()
    answers = []
    for client in (Client(), Client()):
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        answers.append(client.post(reverse("mfa_authenticate"), {"code": seen}).status_code)

    assert answers == [302, 200]


# The end --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "pause", "expected"),
    [
        (UserFactory, timedelta(minutes=179), True),
        (UserFactory, timedelta(minutes=181), False),
        (StaffFactory, timedelta(minutes=59), True),
        (StaffFactory, timedelta(minutes=61), False),
    ],
)
def test_idle_session_ends(
    client: Client, at: Clock, make: Callable[..., User], pause: timedelta, expected: bool
) -> None:
    at(MIDWAY)
    log_in(client, make())
    client.get("/admin/")

    at(MIDWAY + pause)

    assert is_in(client) is expected


def test_session_in_use_goes_on_until_its_longest_time(client: Client, at: Clock) -> None:
    at(MIDWAY)
    log_in(client, UserFactory())

    seen = []
    for hour in range(1, 14):
        at(MIDWAY + timedelta(hours=hour) - 10 * MINUTE)
        seen.append(is_in(client))

    assert seen == [True] * 12 + [False]


def test_saving_something_does_not_make_the_longest_time_longer(client: Client, at: Clock) -> None:
    at(MIDWAY)
    log_in(client, UserFactory())
    for hour in range(2, 12, 2):
        at(MIDWAY + timedelta(hours=hour))
        is_in(client)
        session = client.session
        session["anything"] = hour
        session.save()

    at(MIDWAY + timedelta(hours=12) + MINUTE)

    assert not is_in(client)


def test_going_on_is_written_down_every_few_minutes_only(client: Client, at: Clock) -> None:
    at(MIDWAY)
    log_in(client, UserFactory())
    ends = []
    for minutes in (1, 4, 6, 7):
        at(MIDWAY + minutes * MINUTE)
        is_in(client)
        ends.append(Session.objects.get(session_key=key(client)).expire_date - MIDWAY)

    assert [int(end / MINUTE) for end in ends] == [180, 180, 186, 186]


def test_text_of_an_ended_session_is_kept(client: Client, open_round: Round, at: Clock) -> None:
    """Whoever wrote for hours in one page logs in again and finds it there."""
    entry = factories.draft(open_round)
    log_in(client, entry.owner)
    path = reverse("submissions:section", args=[entry.pk, "gewinn"])
    at(MIDWAY + timedelta(hours=4))

    sent = client.post(path, {"text": "Drei Stunden Arbeit."})
    log_in(client, entry.owner)

    assert sent.headers["Location"].startswith(reverse("account_login"))
    assert "Drei Stunden Arbeit." in client.get(path).content.decode()


def test_session_ends_with_the_browser(client: Client) -> None:
    log_in(client, UserFactory())

    assert client.cookies[COOKIE]["max-age"] == ""
    assert client.cookies[COOKIE]["expires"] == ""


def test_logout_ends_the_session_on_the_server(client: Client) -> None:
    log_in(client, UserFactory())
    stolen = Client()
    stolen.cookies[COOKIE] = key(client)
    assert is_in(stolen)

    client.post(reverse("account_logout"))

    assert not is_in(stolen)


def change_password(client: Client, user: User) -> None:
    sent = {"oldpassword": PASSWORD, "password1": "birne trotzdem laterne", "password2": "birne trotzdem laterne"}
    client.post(reverse("account_change_password"), sent)


def take_factor_off(client: Client, user: User) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = Authenticator.objects.get(user=StaffFactory()).data
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=secret)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=user).exists()


def end_others(client: Client, user: User) -> None:
    client.post(reverse("usersessions_list"))


@pytest.mark.parametrize("act", [change_password, take_factor_off, end_others])
def test_other_sessions_end_with(act: Callable[[Client, User], None]) -> None:
    person = UserFactory()
    here, elsewhere = log_in(Client(), person), log_in(Client(), person)
    other = log_in(Client(), UserFactory())
    assert is_in(elsewhere)

    act(here, person)

    assert (is_in(here), is_in(elsewhere), is_in(other)) == (True, False, True)


def test_all_sessions_end_with_the_account(client: Client) -> None:
    person = UserFactory()
    log_in(client, person)

    actions.delete_account(person, by=person)

    assert not is_in(client)


def test_session_of_an_account_that_is_shut_is_over(client: Client) -> None:
    person = UserFactory()
    log_in(client, person)

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_in(client)


# The cookie -----------------------------------------------------------------------------------------------------------


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    log_in(client, UserFactory())
    cookie = client.cookies[COOKIE]

    assert (cookie["httponly"], cookie["samesite"], cookie["domain"], cookie["path"]) == (True, "Lax", "", "/")


def test_no_cookie_but_session_form_token_and_message_is_set(client: Client) -> None:
    """A message of the last step is shown by the next page, and costs no write of the session."""
    log_in(client, UserFactory())
    client.get(reverse("accounts:profile"))
    client.post(reverse("account_logout"))

    assert set(client.cookies) == {COOKIE, project.CSRF_COOKIE_NAME, "messages"}
    assert (client.cookies["messages"]["httponly"], client.cookies["messages"]["samesite"]) == (True, "Lax")


def test_ended_sessions_are_deleted(client: Client, at: Clock) -> None:
    at(MIDWAY)
    log_in(client, UserFactory())
    at(MIDWAY + timedelta(hours=4))

    clear_sessions()

    assert not Session.objects.exists()
