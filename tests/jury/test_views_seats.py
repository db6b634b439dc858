"""The invitation and the notice as pages: every kind of visitor and of link, and the way from the mail to /jury/."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts import access
from accounts.models import User
from jury.actions import seats as verbs
from jury.models import Juror, JuryEvent
from landespreis import clock
from landespreis.models import Trace
from submissions.models import Round
from tests.accounts.authenticator import code
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, StaffFactory, UserFactory
from tests.jury import factories

Clock = Callable[[datetime], None]
ADDRESS = "ulf@kreise.example"
ACCOUNT = {"name": "Ulf Siebenkotten", "password": "Regenrinne-Hellweg-7"}


@pytest.fixture
def invited(open_round: Round) -> Juror:
    office = StaffFactory(superuser=True, name="Renate Vollmer")
    seat = factories.seats(open_round)[2]
    juror = verbs.name(seat, name="Ulf Siebenkotten", email=ADDRESS, since=date(2026, 1, 15), by=office)
    return verbs.invite(juror, by=office)


def link(juror: Juror) -> str:
    return reverse("jury:invitation", args=[verbs.token(juror)])


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


# The invitation --------------------------------------------------------------------------------------


def test_invitation_says_who_invites_to_what_and_offers_an_account(client: Client, invited: Juror) -> None:
    html = page(client, link(invited))

    assert "Renate Vollmer lädt Sie im Namen der Geschäftsstelle ein" in html
    assert "Institution landkreistag" in html
    assert "Ulf Siebenkotten, ulf@kreise.example" in html
    assert "Freitag, 13. März 2026, 12:00 Uhr (MEZ)" in html
    assert "Donnerstag, 19. Februar 2026, 10:30 Uhr (MEZ)" in html
    assert 'value="Ulf Siebenkotten"' in html
    assert "Konto anlegen und zusagen" in html
    assert Juror.objects.get().user is None


def test_invitation_makes_an_account_and_leads_to_the_second_factor(client: Client, invited: Juror) -> None:
    answer = client.post(link(invited), ACCOUNT)
    door = client.get(answer.headers["Location"])

    assert answer.headers["Location"] == "/jury/"
    assert door.headers["Location"] == reverse("mfa_index")
    assert client.session["_auth_user_id"] == str(User.objects.get(email=ADDRESS).pk)
    assert Juror.objects.get().confirmed_at == clock.now()
    assert Trace.objects.get().detail == {"how": ["invitation"]}


def test_session_of_who_came_by_invitation_ends_with_all_others(client: Client, invited: Juror) -> None:
    client.post(link(invited), ACCOUNT)
    person = User.objects.get(email=ADDRESS)
    assert client.get("/konto/").status_code == 200

    ended = access.end_sessions(person, by=StaffFactory(superuser=True), reason="Telefon verloren")

    assert ended == 1
    assert client.get("/konto/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_invitation_to_jury_the_whole_way(client: Client, invited: Juror) -> None:
    mailed = re.search(r"/jury/einladung/[^/\s]+/", Email.objects.get().message)
    assert mailed
    client.post(mailed[0], ACCOUNT)
    client.get("/jury/")
    form = client.get(reverse("mfa_activate_totp"))
    assert form.status_code == 200  # no password asked again

    codes = client.post(reverse("mfa_activate_totp"), {"code": code(form.context["form"].secret)}, follow=True)
    onward = re.search(r'href="(/jury/)"><span class="kern-label">Weiter zur Jury', codes.content.decode())
    assert onward
    notice = client.get(onward[1], follow=True)
    done = client.post(reverse("jury:notice"), {"accepted": "on"}, follow=True)

    assert notice.redirect_chain == [("/jury/hinweise/", 302)]
    assert (done.redirect_chain, done.status_code) == ([("/jury/", 302)], 200)
    assert "Ihre Zustimmung ist festgehalten" in done.content.decode()
    assert list(JuryEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "named",
        "invited",
        "confirmed",
        "notice_accepted",
    ]
    assert "Weiter zur Jury" not in page(client, reverse("mfa_index"))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "Nennen Sie Ihren Vor- und Nachnamen."),
        ({"name": "Ulf\nBcc: x"}, "name", "nur in eine Zeile"),
        ({"name": "U\0lf"}, "name", "Null"),
        ({"name": "x" * 121}, "name", "120"),
        ({"password": ""}, "password", "Wählen Sie ein Passwort."),
        ({"password": "kurz"}, "password", "10 Zeichen"),
        ({"password": "qwertyuiop"}, "password", "zu üblich"),
        ({"password": "ulf@kreise.example"}, "password", "ähnlich"),
        ({"password": "Regenrinne\0Hellweg"}, "password", "Null"),
    ],
)
def test_invitation_explains_what_is_wrong_and_keeps_the_rest(
    client: Client, invited: Juror, changes: dict[str, str], field: str, words: str
) -> None:
    answer = client.post(link(invited), ACCOUNT | changes)

    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


def test_invitation_asks_an_existing_account_to_log_in_and_leads_back(client: Client, invited: Juror) -> None:
    UserFactory(email=ADDRESS)
    html = page(client, link(invited))
    login = re.search(r'href="([^"]*login/\?next=[^"]*)"', html)
    assert login

    refused = client.post(link(invited), ACCOUNT)
    answer = client.post(login[1], {"login": ADDRESS, "password": PASSWORD})

    assert "Zu ulf@kreise.example gibt es schon ein Konto" in html
    assert refused.headers["Location"] == login[1]
    assert answer.headers["Location"] == link(invited)


def test_invitation_is_accepted_by_the_account_of_that_address(client: Client, invited: Juror) -> None:
    person = UserFactory(email=ADDRESS, totp=True)
    show_factor(client, person)

    html = page(client, link(invited))
    answer = client.post(link(invited))

    assert "Sie sind angemeldet als ulf@kreise.example" in html
    assert answer.headers["Location"] == "/jury/"
    assert Juror.objects.get().user == person
    assert client.get("/jury/").headers["Location"] == "/jury/hinweise/"


def test_invitation_opened_again_leads_to_the_jury(client: Client, invited: Juror) -> None:
    person = UserFactory(email=ADDRESS, totp=True)
    verbs.accept(invited, by=person)
    show_factor(client, person)

    assert [client.get(link(invited)).headers["Location"], client.post(link(invited)).headers["Location"]] == [
        "/jury/"
    ] * 2


def test_invitation_explains_another_account(client: Client, invited: Juror) -> None:
    client.force_login(UserFactory(email="anderswo@kreise.example"))

    html = page(client, link(invited))
    answer = client.post(link(invited))

    assert "Diese Einladung ging an ulf@kreise.example" in html
    assert answer.status_code == 403
    assert "Melden Sie sich ab" in answer.content.decode()
    assert Juror.objects.get().user is None


def test_invitation_explains_an_account_of_staff(client: Client, invited: Juror) -> None:
    client.force_login(UserFactory(email=ADDRESS, is_staff=True))

    html = page(client, link(invited))
    answer = client.post(link(invited))

    assert "Zugang zur Verwaltung" in html
    assert ">Zusagen<" not in html
    assert answer.status_code == 403
    assert "eigenes Konto" in answer.content.decode()


@pytest.mark.parametrize("post", [False, True])
def test_invitation_used_by_somebody_else_says_so(client: Client, invited: Juror, post: bool) -> None:
    verbs.join(invited, **ACCOUNT)

    answer = client.post(link(invited), ACCOUNT) if post else client.get(link(invited))

    assert answer.status_code == 409
    assert "schon angenommen" in answer.content.decode()


@pytest.mark.parametrize("post", [False, True])
def test_invitation_expired_says_so(client: Client, invited: Juror, at: Clock, post: bool) -> None:
    at(clock.now() + verbs.VALID)

    answer = client.post(link(invited), ACCOUNT) if post else client.get(link(invited))

    assert answer.status_code == 410
    assert "Dieser Link ist abgelaufen" in answer.content.decode()
    assert Juror.objects.get().user is None


def test_invitation_that_was_tampered_with_is_not_found(client: Client, invited: Juror) -> None:
    good = verbs.token(invited)

    for bad in ("x", good[:-1], f"{good}x", good.replace(":", ".", 1), "ä" * 300, "\0", f"{good}\0", "%00"):
        answer = client.get(reverse("jury:invitation", args=[bad]))
        assert answer.status_code == 404
        assert "Dieser Link gilt nicht" in answer.content.decode()


def test_invitation_knows_no_other_method(client: Client, invited: Juror) -> None:
    assert client.delete(link(invited)).status_code == 405


# The notice ------------------------------------------------------------------------------------------


@pytest.fixture
def juror(open_round: Round) -> Juror:
    return factories.juror(factories.seats(open_round)[1], accepted=False)


@pytest.fixture
def as_juror(client: Client, juror: Juror) -> Client:
    assert juror.user
    show_factor(client, juror.user)
    return client


def test_notice_says_what_holds(as_juror: Client) -> None:
    html = page(as_juror, reverse("jury:notice"))

    assert "§§ 20 und 21 des Verwaltungsverfahrensgesetzes NRW" in html
    assert "macht Sie allein nicht befangen" in html
    assert "15. April 2026, 12:00 Uhr" in html
    assert "checked" not in html


def test_notice_without_the_tick_changes_nothing(as_juror: Client) -> None:
    answer = as_juror.post(reverse("jury:notice"), {})

    assert answer.status_code == 422
    assert 'href="#id_accepted"' in answer.content.decode()
    assert Juror.objects.get().notice_accepted_at is None


def test_notice_accepted_can_be_read_again(as_juror: Client, juror: Juror) -> None:
    as_juror.post(reverse("jury:notice"), {"accepted": "on"})

    html = page(as_juror, reverse("jury:notice"))
    again = as_juror.post(reverse("jury:notice"), {"accepted": "on"})

    assert "Sie haben am 20. Januar 2026, 10:30 Uhr zugestimmt" in html
    assert "Zustimmen und weiter" not in html
    assert again.headers["Location"] == "/jury/"
    assert JuryEvent.objects.filter(verb="notice_accepted").count() == 1


def test_notice_is_for_those_who_fill_a_seat(client: Client, juror: Juror) -> None:
    show_factor(client, UserFactory(totp=True))

    assert client.get(reverse("jury:notice")).status_code == 404
    assert client.post(reverse("jury:notice"), {"accepted": "on"}).status_code == 404
