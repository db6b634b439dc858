"""The demo: what each phase holds, whom it lets in, its mails and its clock; and that it exists in a demo only."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import include, path, reverse
from post_office.models import STATUS, Attachment, Email

from accounts import demo as people
from accounts.models import User
from jury.models import Juror
from landespreis import clock, journals
from landespreis.demo import papers, stage
from landespreis.models import Trace
from landespreis.urls import urlpatterns as of_production
from portal.models import Project, Proposal
from submissions import checks, draft
from submissions.demo import field, stories
from submissions.demo.acts import unwrapped
from submissions.models import Event, Round, Submission
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.jury import factories as jury
from tests.landespreis import judged

urlpatterns = [path("demo/", include("landespreis.demo.urls")), *of_production]

Status = Submission.Status
NEIGHBOURS = (
    ("Erster aus Xanten", "xanten"),
    ("Zweite aus Bonn", "bonn"),
    ("Vierte aus Werne", "werne"),
    ("Dritter aus Ahlen", "ahlen"),
)
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
EMBEDDED = pytest.mark.embedded
AFTER_CLOSING = {Status.SUBMITTED: 74, Status.WITHDRAWN: 2, Status.DRAFT: 3}
DRAFT_OF_SOEST = [
    "Datum der Vereinbarung eintragen",
    "„Gewinn der Kooperation“ um 148 Zeichen kürzen",
    "„Zukunftsfähigkeit, Nutzbarkeit und Nachhaltigkeit“ schreiben",
    "„Übertragbarkeit auf andere Kommunen“ schreiben",
    "Alternativtext zum Bild pegelstandort-schledde.jpg ergänzen",
]


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Any:
    """An installation in demo mode, with its pages, before anybody has filled it."""
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None
    settings.ROOT_URLCONF = __name__
    return settings


@pytest.fixture
def running(demo: Any, round: Round) -> Round:
    """A demo in the middle of the window."""
    clock.set_now(stage.PHASES["open"])
    return round


def owe(**fields: Any) -> Email:
    values = {"from_email": "landespreis@portal.example", "to": ["lena@hamm.example"], "subject": "Betreff"}
    return Email.objects.create(**{**values, "status": STATUS.queued, **fields})


def missing(entry: Submission) -> list[str]:
    return [problem.task for problem in checks.problems(draft.load(entry), clock.now())]


# Filling ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "counts", "missing_in_soest"),
    [
        pytest.param("announced", {}, None, marks=EMBEDDED),
        pytest.param(
            "open", {Status.SUBMITTED: 11, Status.WITHDRAWN: 1, Status.DRAFT: 42}, DRAFT_OF_SOEST, marks=EMBEDDED
        ),
        pytest.param("jury", AFTER_CLOSING, [], marks=EMBEDDED),
        pytest.param("session", AFTER_CLOSING, [], marks=EMBEDDED),
        ("published", AFTER_CLOSING, []),
    ],
)
def test_demo_fills_a_phase(
    demo: Any, round: Round, phase: str, counts: dict[str, int], missing_in_soest: list[str] | None
) -> None:
    fill(phase)

    assert_filled(round, phase, counts, missing_in_soest)
    assert sorted(Proposal.objects.values_list("status", flat=True)) == ["draft", "returned", "review"]
    assert list(Project.objects.filter(topics=None).values_list("title", flat=True)) == []
    if counts == AFTER_CLOSING:
        assert_checked(round)
        judged.IN[phase]()


@EMBEDDED
def test_demo_fills_the_last_day_with_every_kind_of_entry(demo: Any, round: Round) -> None:
    fill("lastday")

    hamm = Submission.objects.get(owner__name="Lena Achterberg")
    soest = Submission.objects.get(owner__name="Meike Brandhorst")
    categories = set(Submission.objects.values_list("category__key", flat=True))
    assert_filled(
        round,
        "lastday",
        {Status.SUBMITTED: 63, Status.WITHDRAWN: 2, Status.DRAFT: 14},
        ["„Übertragbarkeit auf andere Kommunen“ schreiben"],
    )
    assert categories == set(round.categories.values_list("key", flat=True))
    assert set(Submission.objects.values_list("partners__country", flat=True)) == {"DE", "NL", "BE"}
    assert [version.number for version in hamm.versions.order_by("number")] == [1, 2]
    assert Event.objects.filter(submission=hamm).order_by("-at")[0].verb == Event.Verb.SAVED
    assert Event.objects.filter(submission=soest, verb=Event.Verb.REMINDED).count() == 5


def fill(phase: str) -> None:
    call_command("load_municipalities", stdout=StringIO())
    call_command("demo", phase, stdout=StringIO())


def assert_filled(round: Round, phase: str, counts: dict[str, int], missing_in_soest: list[str] | None) -> None:
    """Everything happened within the window and before now, numbers were given in the order of submitting."""
    now, start = clock.now(), stage.PHASES[phase]
    entries = Submission.objects.select_related("round", "category", "lead", "owner", "current")
    of_people = Event.objects.exclude(verb__in=[Event.Verb.ADMITTED, Event.Verb.EXCLUDED])
    moments = list(of_people.order_by("at").values_list("at", flat=True))
    numbers = entries.exclude(status=Status.DRAFT).order_by("versions__submitted_at").values_list("number", flat=True)
    submitted = list(entries.filter(status=Status.SUBMITTED))
    assert start <= now < start + timedelta(minutes=1)
    assert Counter(entries.values_list("status", flat=True)) == counts
    assert [missing(entry) for entry in entries.filter(owner__name="Meike Brandhorst")] == (
        [] if missing_in_soest is None else [missing_in_soest]
    )
    assert all(round.opens_at <= at < min(now, round.closes_at) for at in moments)
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))
    assert {entry.pk: missing(entry) for entry in submitted} == {entry.pk: [] for entry in submitted}
    assert set(entries.values_list("owner__memberships__municipality", flat=True)) == set(
        entries.values_list("lead", flat=True)
    )


def assert_checked(round: Round) -> None:
    """The Geschäftsstelle has decided about all, one is excluded, and every category has enough to choose from."""
    checked = Event.objects.filter(verb__in=[Event.Verb.ADMITTED, Event.Verb.EXCLUDED])
    admitted = Submission.objects.admitted()
    excluded = Submission.objects.get(formal_check=Submission.Check.EXCLUDED)
    categories = Counter(admitted.values_list("submitted_category__key", flat=True))
    assert {event.by.name for event in checked if event.by} == {"Renate Vollmer"}
    assert all(datetime(2026, 2, 12, tzinfo=clock.BERLIN) < event.at < round.scoring_opens_at for event in checked)
    assert not Submission.objects.filter(status=Status.SUBMITTED, formal_check=Submission.Check.OPEN).exists()
    assert excluded.legal_form == Submission.LegalForm.PRIVATE
    assert categories == {
        "pflichtaufgaben": 17,
        "austausch": 11,
        "wirtschaft": 11,
        "umwelt": 15,
        "krisen": 8,
        "shared-service": 11,
    }


def test_field_repeats_nobody_and_no_sentence() -> None:
    told = {story["owner"] for story in tomllib.loads(stories.SHIPPED.read_text(encoding="utf-8"))["entries"]}
    places = {person.place for person in people.PEOPLE if person.email in told}
    rows = field.rows()
    texts = [row[key] for row in rows for key in ("abstract", *chain(*field.SITTINGS)) if key in row]
    sentences = Counter(sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s+", unwrapped(text)))

    assert len({row["lead"] for row in rows} - places) == len(rows) == 71
    assert len({row["email"] for row in rows} - told) == len(rows)
    assert len({row["title"] for row in rows}) == len(rows)
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


@EMBEDDED
def test_demo_again_keeps_everything_and_goes_on_where_it_was(demo: Any, round: Round) -> None:
    fill("announced")
    later = stage.PHASES["open"]
    clock.set_now(later)
    before = User.objects.count(), Email.objects.count()

    out = StringIO()
    call_command("demo", "announced", stdout=out)

    assert (User.objects.count(), Email.objects.count()) == before
    assert later <= clock.now() < later + timedelta(minutes=1)
    assert "Die Daten sind schon da" in out.getvalue()


@EMBEDDED
def test_demo_of_an_empty_database_goes_on_where_it_was(demo: Any, db: None) -> None:
    call_command("demo", "announced", stdout=StringIO())
    latest, begun = journals.latest(), clock.now()

    call_command("demo", "announced", stdout=StringIO())

    assert Trace.objects.filter(verb="round_begun").exists()
    assert latest
    assert latest <= begun
    assert begun <= clock.now() < begun + timedelta(minutes=2)


def test_demo_refuses_outside_demo_mode(settings: Any, db: None) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="nur im Demobetrieb"):
        call_command("demo", "open")

    assert not User.objects.exists()


def test_demo_refuses_a_database_with_real_people(demo: Any, db: None) -> None:
    UserFactory(email="jemand@stadt-soest.de")

    with pytest.raises(CommandError, match="echte Daten"):
        call_command("demo", "open")

    assert User.objects.count() == 1


def test_sheet_is_the_same_document_every_time() -> None:
    papers.sheet.cache_clear()
    first = papers.sheet("Beschluß (öffentlich)", "Erste „Zeile“ – mit Strich\nzweite\\Zeile")
    papers.sheet.cache_clear()

    assert papers.sheet("Beschluß (öffentlich)", "Erste „Zeile“ – mit Strich\nzweite\\Zeile") == first


# Logging in ------------------------------------------------------------------------------------------


def test_login_shows_the_second_factor_too(running: Round, client: Client) -> None:
    staff = StaffFactory(superuser=True)

    response = client.post(reverse("demo:login", args=[staff.pk]))

    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/einreichungen/").status_code == 200
    assert [(trace.verb, trace.by, trace.detail) for trace in Trace.objects.all()] == [
        ("logged_in", staff, {"how": ["demo"]})
    ]


@EMBEDDED
@pytest.mark.parametrize("phase", ["announced", "open"])
def test_login_of_a_juror_leads_to_the_jury_in_every_phase(demo: Any, round: Round, client: Client, phase: str) -> None:
    fill(phase)
    juror = User.objects.get(email="jury.bank@jury.example")

    response = client.post(reverse("demo:login", args=[juror.pk]), follow=True)

    assert response.redirect_chain == [("/jury/", 302)]
    assert response.status_code == 200
    assert 'href="/jury/"' in client.get("/impressum/").content.decode()
    assert not juror.groups.exists()


def test_page_groups_jurors_by_their_seat(running: Round, client: Client) -> None:
    seat = jury.seats(running)[0]
    juror, former = jury.juror(seat, email="jury@jury.example"), UserFactory(email="frueher@jury.example")
    Juror.objects.create(
        seat=seat, user=former, name="x", email=former.email, since=clock.now().date(), until=clock.now(),
        invited_at=clock.now(), confirmed_at=clock.now(),
    )  # fmt: skip

    groups = {group.role: group for group in client.get(reverse("demo:index")).context["groups"]}

    assert [person.user for person in groups["Jury"].people] == [juror.user]
    assert [person.user for person in groups["Einreichende"].more] == [former]


def test_login_changes_from_one_person_to_another(running: Round, client: Client) -> None:
    staff, writer = StaffFactory(superuser=True), UserFactory()
    client.post(reverse("demo:login", args=[staff.pk]))

    response = client.post(reverse("demo:login", args=[writer.pk]), follow=True)

    assert response.redirect_chain == [("/einreichungen/", 302)]
    assert response.context["user"] == writer
    assert client.get("/admin/").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "jemand@stadt-soest.de"},
        {"email": "jemand@example.com"},
        {"email": "fort@soest.example", "is_active": False},
    ],
)
def test_login_is_only_for_demo_people(running: Round, client: Client, fields: dict[str, Any]) -> None:
    user = UserFactory(**fields)

    response = client.post(reverse("demo:login", args=[user.pk]))

    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


def test_login_asks_for_a_post_with_token(running: Round) -> None:
    user = UserFactory()
    strict = Client(enforce_csrf_checks=True)

    assert strict.get(reverse("demo:login", args=[user.pk])).status_code == 405
    assert strict.post(reverse("demo:login", args=[user.pk])).status_code == 403


def test_page_folds_away_who_hands_in_until_somebody_was_them(running: Round, client: Client) -> None:
    people = [MembershipFactory(user__name=name, municipality__sort_key=key).user for name, key in NEIGHBOURS]
    for person in people[:2]:
        client.post(reverse("demo:login", args=[person.pk]))

    page = client.get(reverse("demo:index"))

    group = next(group for group in page.context["groups"] if group.role == "Einreichende")
    assert [person.user for person in group.people] == people[:2]
    assert [person.user.name for person in group.more] == ["Dritter aus Ahlen", "Vierte aus Werne"]
    assert "Weitere zwei Einreichende" in page.content.decode()


@EMBEDDED
def test_demo_people_have_a_place_and_a_second_factor(demo: Any, round: Round, client: Client) -> None:
    fill("announced")

    page = client.get(reverse("demo:index")).content.decode()

    assert [role for role in ("Jury", "Geschäftsstelle", "Redaktion", "Administration") if role not in page] == []
    assert page.count('aria-label="Anmelden als ') == len(people.PEOPLE)
    assert "Stadt Soest, Feuerwehr und Bevölkerungsschutz" in page
    assert page.count("wartet auf Bestätigung") == 2


# The page and its clock ------------------------------------------------------------------------------


def test_page_has_words_when_there_is_nothing(running: Round, client: Client) -> None:
    page = client.get(reverse("demo:index"))

    assert page.status_code == 200
    assert "Noch ist niemand da" in page.content.decode()
    assert "Noch keine Nachricht" in page.content.decode()


def test_page_works_without_a_round(demo: Any, db: None, client: Client) -> None:
    assert client.get(reverse("demo:index")).status_code == 200
    assert client.post(reverse("demo:clock"), {"auf": "schluss"}).status_code == 302


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("stunde", stage.PHASES["open"] + timedelta(hours=1)),
        ("woche", stage.PHASES["open"] + timedelta(days=7)),
        ("kurz-vor-schluss", datetime(2026, 2, 9, 23, 50, tzinfo=clock.BERLIN)),
        ("schluss", datetime(2026, 2, 10, 0, 0, tzinfo=clock.BERLIN)),
        ("preisverleihung", datetime(2026, 4, 15, 12, 0, tzinfo=clock.BERLIN)),
    ],
)
def test_clock_jumps(running: Round, client: Client, button: str, expected: datetime) -> None:
    response = client.post(reverse("demo:clock"), {"auf": button})

    assert response.status_code == 302
    assert expected <= clock.now() < expected + timedelta(minutes=1)


def test_clock_goes_to_a_typed_moment(running: Round, client: Client) -> None:
    response = client.post(reverse("demo:clock"), {"moment": "2026-02-09T23:59:58"}, follow=True)

    expected = datetime(2026, 2, 9, 23, 59, 58, tzinfo=clock.BERLIN)
    assert expected <= clock.now() < expected + timedelta(minutes=1)
    assert "Montag, 9. Februar 2026, 23:59:58 Uhr (MEZ)" in response.content.decode()


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("2026-01-27T14:32:29", "Dieser Zeitpunkt ist vorbei."),
        ("0001-01-01T00:00:00", "Dieser Zeitpunkt ist vorbei."),
        ("9999-12-31T23:59:59", "mehr als ein Jahr voraus"),
        ("2026-03-29T02:30:00", "Zeitzone"),
        ("morgen", "Nennen Sie Datum und Uhrzeit, zum Beispiel"),
        ("", "Nennen Sie Datum und Uhrzeit."),
    ],
)
def test_clock_goes_nowhere_else(running: Round, client: Client, moment: str, message: str) -> None:
    before = clock.last_set()

    response = client.post(reverse("demo:clock"), {"moment": moment})

    assert response.status_code == 422
    assert message in response.content.decode()
    assert clock.last_set() == before


@pytest.mark.parametrize("button", ["eroeffnung", "unbekannt", ""])
def test_clock_never_goes_back_by_a_button(running: Round, client: Client, button: str) -> None:
    before = clock.last_set()

    response = client.post(reverse("demo:clock"), {"auf": button}, follow=True)

    assert clock.last_set() == before
    assert "Die Uhr geht unverändert weiter." in response.content.decode()


# Mails -----------------------------------------------------------------------------------------------


def test_mails_are_listed_newest_first_with_the_demos_moment(running: Round, client: Client) -> None:
    owe(subject="Erste", status=STATUS.sent)
    clock.set_now(stage.PHASES["lastday"])
    owe(subject="Zweite", to=["a@soest.example", "b@werl.example"], status=STATUS.failed)

    page = client.get(reverse("demo:index"))

    text = page.content.decode()
    assert [letter.row.subject for letter in page.context["mails"]] == ["Zweite", "Erste"]
    assert [letter.state for letter in page.context["mails"]] == ["nicht zustellbar", "verschickt"]
    assert "27. Januar 2026, 14:32 Uhr" in text
    assert "9. Februar 2026, 23:50 Uhr" in text
    assert "an a@soest.example, b@werl.example" in text


def test_mail_page_shows_hostile_content_as_text(running: Round, client: Client) -> None:
    mail = owe(subject=f"Einladung {HOSTILE}", message=f"{HOSTILE} http://localhost:8000/x/?a=1", html_message=HOSTILE)

    pages = [client.get(reverse("demo:index")), client.get(reverse("demo:mail", args=[mail.pk]))]

    for page in pages:
        assert "<img src=x" not in page.content.decode()
        assert "alert(&quot;x&quot;)" in page.content.decode()
    assert '<a href="http://localhost:8000/x/?a=1"' in pages[1].content.decode()


def test_mail_html_runs_nothing_and_has_no_origin(running: Round, client: Client) -> None:
    mail = owe(message="Text", html_message=f'<p style="color:red">{HOSTILE}</p>')

    response = client.get(reverse("demo:mail_html", args=[mail.pk]))

    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert response.content.decode() == mail.html_message


def test_mail_without_html_has_no_page_for_it(running: Round, client: Client) -> None:
    mail = owe(message="Text")

    page = client.get(reverse("demo:mail", args=[mail.pk]))

    assert client.get(reverse("demo:mail_html", args=[mail.pk])).status_code == 404
    assert reverse("demo:mail_html", args=[mail.pk]) not in page.content.decode()


def test_attachment_is_a_download_of_its_own_mail_only(running: Round, client: Client) -> None:
    mail, other = owe(message="Text"), owe(message="Anderer")
    kept = Attachment(name="bestätigung.pdf", mimetype="application/pdf")
    kept.file.save("bestätigung.pdf", ContentFile(b"%PDF-1.7"), save=True)
    mail.attachments.add(kept)

    page = client.get(reverse("demo:mail", args=[mail.pk])).content.decode()
    response = client.get(reverse("demo:attachment", args=[mail.pk, kept.pk]))

    assert "bestätigung.pdf" in page
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("demo:attachment", args=[other.pk, kept.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_equally_often(
    running: Round, client: Client, count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for place in range(count):
        UserFactory()
        owe(subject=str(place))

    with django_assert_num_queries(8):
        client.get(reverse("demo:index"))


# Not in a demo ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/demo/", "/demo/anmelden/1/", "/demo/uhr/", "/demo/mails/1/", "/demo/mails/1/html/"]
)
def test_nothing_of_it_exists_outside_a_demo(db: None, client: Client, address: str) -> None:
    owe(message="Text", html_message="<p>Text</p>")

    assert client.get(address).status_code == 404
    assert client.post(address).status_code in {404, 405}  # 405: the portal's own pages take any first word
