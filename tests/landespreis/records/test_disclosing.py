"""What is stored about one person: found with and without an account, complete, journalled without a name, erased."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from accounts import access, actions
from accounts.models import User
from landespreis import clock, forgetting
from landespreis.circulars import dispatch
from landespreis.models import Circular, CircularRecipient, Trace
from landespreis.records import disclosing
from landespreis.refusal import NotAllowed, Refused
from portal.actions import inquiries, subscribing
from portal.models import Inquiry, Registration, Subscriber
from submissions.actions import editors, helping, transfer
from submissions.models import Editor, Round, Version
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.jury import factories as jury
from tests.jury.worlds import World
from tests.landespreis.circulars import release, written
from tests.landespreis.records import office
from tests.landespreis.records.office import At
from tests.portal import proposing
from tests.portal.factories import EventFactory, InquiryFactory, SubscriberFactory, registration
from tests.submissions import factories

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:person")


@pytest.fixture
def desk(db: None) -> User:
    return office.person()


def keys(person: disclosing.Person) -> set[str]:
    return {section.key for section in disclosing.sections(person)}


def registered(email: str, name: str = "Ada Lenz") -> Registration:
    now = clock.now()
    return Registration.objects.create(
        event=EventFactory(),
        email=email,
        name=name,
        status="confirmed",
        created_at=now,
        confirmed_at=now,
        seated_at=now,
    )


def browser(user: User) -> Client:
    client = Client()
    show_factor(client, user)
    return client


def test_sections_of_somebody_who_submitted(open_round: Round) -> None:
    entry = factories.complete(open_round)
    factories.attachment(entry)
    factories.submit(entry)

    held = keys(disclosing.of_account(entry.owner))

    assert {"konto", "zugehoerigkeiten", "einreichungen", "versionen", "dateien", "verlauf", "bestaetigungen"} <= held


def test_sections_of_a_contact_without_account(open_round: Round) -> None:
    factories.submitted(open_round)

    sections = {row.key: row for row in disclosing.sections(disclosing.person_of("Meike.Brandhorst@soest.example"))}

    assert set(sections) == {"ansprechperson", "ansprechperson_version"}
    assert sections["ansprechperson_version"].rows[0]["telefon"] == "02921 0000"
    assert "Aussonderung" in sections["ansprechperson_version"].stays


def test_sections_of_portal_without_account(open_round: Round) -> None:
    registered(email="Ada@hamm.example", name="Ada Lenz")
    SubscriberFactory(email="ada@hamm.example")
    InquiryFactory(email="ada@hamm.example")
    registered(email="other@hamm.example")

    held = {row.key: len(row.rows) for row in disclosing.sections(disclosing.person_of("ada@HAMM.example"))}

    assert held == {"anmeldungen": 1, "newsletter": 1, "offene_anfragen": 1}


def test_messages_to_groups_are_told(open_round: Round, desk: User) -> None:
    entry = factories.complete(open_round)
    release(written(open_round, desk), desk)

    sections = {row.key: row for row in disclosing.sections(disclosing.of_account(entry.owner))}
    others = {row.key for row in disclosing.sections(disclosing.person_of("niemand@kommune.example"))}

    assert [row["gruppe"] for row in sections["nachrichten_beitrag"].rows] == [Circular.objects.get().group]
    assert "nachrichten" not in sections
    assert others == set()


def test_messages_to_people_are_told_also_to_a_former_address_and_erased(open_round: Round, desk: User) -> None:
    membership = MembershipFactory()
    release(written(open_round, desk, "zugehoerigkeit", subject="x", text="y", params={}), desk)
    dispatch.send()
    User.objects.filter(pk=membership.user_id).update(email="neu@hamm.example")
    EmailAddress.objects.filter(user=membership.user).update(email="neu@hamm.example")
    person = disclosing.person_of("neu@hamm.example")

    rows = {row.key: row for row in disclosing.sections(person)}["nachrichten"].rows
    disclosing.erase(person, by=desk, reason="Antrag")

    assert [row["adresse"] for row in rows] == [membership.user.email]
    assert not CircularRecipient.objects.exists()
    assert not Email.objects.filter(to=membership.user.email).exists()


def test_messages_about_a_registration_go_with_it(open_round: Round, desk: User) -> None:
    stays, gone = registered(email="bernd@hamm.example"), registered(email="ada@hamm.example")
    Registration.objects.update(event=gone.event)
    params = {"termin": str(gone.event_id), "wer": "alle"}
    release(written(open_round, desk, "termin", subject="x", text="y", params=params), desk)
    dispatch.send()
    inquiry = InquiryFactory(pk=stays.pk)
    Inquiry.objects.filter(pk=inquiry.pk).update(settled_at=timezone.now(), settled_by=desk)

    forgetting.delete(Inquiry.objects.all())
    forgetting.delete(Registration.objects.filter(pk=gone.pk))

    assert [row.address for row in CircularRecipient.objects.all()] == ["bernd@hamm.example"]
    assert [mail.to for mail in Email.objects.all()] == [["bernd@hamm.example"]]


def test_messages_to_jurors_go_with_their_account(open_round: Round, desk: User) -> None:
    juror = jury.juror(jury.seats(open_round)[0])
    assert juror.user
    release(written(open_round, desk, "jury", subject="x", text="y", params={}), desk)
    dispatch.send()
    former = juror.user.email

    actions.delete_account(juror.user, by=juror.user)

    assert not CircularRecipient.objects.exists()
    assert [mail.subject for mail in Email.objects.filter(to=former)] == ["Ihr Konto ist gelöscht"]


def test_message_about_an_entry_stays_with_the_entry_when_an_account_goes(open_round: Round, desk: User) -> None:
    entry = factories.complete(open_round)
    release(written(open_round, desk), desk)

    actions.delete_account(entry.owner, by=entry.owner)

    assert CircularRecipient.objects.count() == 1


def test_search_finds_people_everywhere(open_round: Round) -> None:
    factories.submitted(open_round)
    UserFactory(name="Lena Suchfund", email="lena@hamm.example")
    registered(name="Max Suchfund", email="max@hamm.example")
    SubscriberFactory(email="suchfund@hamm.example")
    for seat in jury.seats(open_round)[:1]:
        jury.juror(seat, name="Jo Suchfund", email="jo@hamm.example")

    found = {row.email: row.where for row in disclosing.search("suchfund")}

    assert found == {
        "lena@hamm.example": "Konto", "jo@hamm.example": "Konto",
        "max@hamm.example": "ohne Konto", "suchfund@hamm.example": "ohne Konto",
    }  # fmt: skip
    assert [row.email for row in disclosing.search("Brandhorst")] == ["meike.brandhorst@soest.example"]


def test_search_needs_three_letters() -> None:
    with pytest.raises(Refused, match="3 Zeichen"):
        disclosing.search("ab ")


def test_disclose_holds_json_and_page_and_leaves_no_name(open_round: Round, desk: User) -> None:
    entry = factories.submitted(open_round)
    entry.owner.name = "<b>Eva</b>"
    entry.owner.save()

    with disclosing.disclose(disclosing.of_account(entry.owner), by=desk) as file:
        package = zipfile.ZipFile(io.BytesIO(file.read()))

    told = json.loads(package.read("auskunft.json"))
    page = package.read("auskunft.html").decode()
    line = Trace.objects.get(verb=Trace.Verb.PERSON_DISCLOSED)
    assert {row["bereich"] for row in told["bereiche"]} == keys(disclosing.of_account(entry.owner)) - {
        "verlauf_ueber_konto"  # begins with this very disclosure
    }
    assert "&lt;b&gt;Eva" in page
    assert "<b>Eva" not in page
    assert line.about == f"Konto {entry.owner.pk}"
    assert entry.owner.email not in json.dumps(line.detail)


def test_disclose_by_others_is_not_allowed() -> None:
    for user in (StaffFactory(), UserFactory(), office.person("Redaktion")):
        with pytest.raises(NotAllowed):
            disclosing.disclose(disclosing.of_account(user), by=user)

    assert not Trace.objects.exists()


def test_disclose_no_secret(open_round: Round, desk: User) -> None:
    user = UserFactory(totp=True)

    text = json.dumps(
        disclosing.written(disclosing.of_account(user), disclosing.sections(disclosing.of_account(user))), default=str
    )

    assert "totp" in text
    assert "secret" not in text
    assert user.password not in text


def test_points_are_disclosed_only_once_decided(round: Round, at: At) -> None:
    at(round.opens_at)
    world = World(round, at, "session")
    juror = world.jurors["own"]
    before = sections_of(juror.user)["bewertungen"]

    round.categories.update(decided_at=timezone.now())

    after = sections_of(juror.user)["bewertungen"]
    assert all("punkte" not in row for row in before)
    assert any("punkte" in row for row in after)


def sections_of(user: User | None) -> dict[str, list[dict[str, object]]]:
    assert user
    return {row.key: list(row.rows) for row in disclosing.sections(disclosing.of_account(user))}  # type: ignore[arg-type]


def test_recused_juror_sees_nothing_of_the_entry_in_the_own_export(round: Round, at: At) -> None:
    at(round.opens_at)
    world = World(round, at, "published")
    target, user = world.targets["recused"], world.jurors["own"].user
    assert user

    answer = browser(user).get(reverse("accounts:export"))

    text = answer.content.decode()
    assert "Ratsmandat" in text
    assert target.label not in text
    assert world.plain["recused"].label in text


def test_own_export_is_complete(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    made = proposing.draft(entry.owner)

    told = browser(entry.owner).get(reverse("accounts:export")).json()

    held = {row["bereich"]: row["daten"] for row in told["bereiche"]}
    assert told["konto"]["e_mail"] == entry.owner.email
    assert held["einreichungen"][0]["beitrag"] == f"{entry.label} {entry.submitted_title}"
    assert held["vorschlaege_entwurf"][0]["titel"] == str(made)


def test_offer_is_told_and_found_also_without_account(open_round: Round, desk: User) -> None:
    entry = factories.complete(open_round)
    transfer.transfer(entry, to="Erbin@hamm.example", reason="Renate ist weg", by=desk)
    transfer.withdraw_offer(entry, reason="doch nicht", by=desk)

    sections = {row.key: row for row in disclosing.sections(disclosing.person_of("erbin@hamm.example"))}

    assert [row["beitrag"] for row in sections["uebernahmen"].rows] == [f"Entwurf {entry.pk}"]
    assert [row["vorgang"] for row in sections["verlauf_ueber"].rows] == ["eingeladen", "Mitwirkung beendet"]
    assert "Renate" not in str(sections)
    assert [row.email for row in disclosing.search("erbin@")] == ["erbin@hamm.example"]


def test_journal_names_people_only_to_themselves(open_round: Round, desk: User) -> None:
    entry = factories.complete(open_round)
    former, heir = entry.owner, MembershipFactory(municipality=entry.lead).user
    namesake = UserFactory(name=former.name)
    editors.invite(entry, email="a.lang@hamm.example", role=Editor.Role.READ, by=former)
    transfer.transfer(entry, to=heir, reason="x", by=desk)

    def told(person: disclosing.Person) -> list[object]:
        found = {row.key: row for row in disclosing.sections(person)}
        return [row["vorgang"] for row in found["verlauf_ueber"].rows] if "verlauf_ueber" in found else []

    handed = ["von der Geschäftsstelle übertragen"]
    assert told(disclosing.of_account(former)) == told(disclosing.of_account(heir)) == handed
    assert told(disclosing.of_account(namesake)) == told(disclosing.person_of("lang@hamm.example")) == []
    assert told(disclosing.person_of("a.lang@hamm.example")) == ["eingeladen"]
    assert [row.email for row in disclosing.search("a.lang")] == ["a.lang@hamm.example"]


def test_invitation_that_ended_is_found_by_its_line_in_the_journal(open_round: Round) -> None:
    entry = factories.complete(open_round)
    editor = editors.invite(entry, email="weg@hamm.example", role=Editor.Role.READ, by=entry.owner)
    editors.remove(editor, by=entry.owner)

    assert [row.email for row in disclosing.search("weg@")] == ["weg@hamm.example"]


def test_requests_for_help_are_told_with_their_words(open_round: Round, desk: User) -> None:
    entry = factories.complete(open_round)
    asked = helping.ask(entry, question="Wie geht das?", days=1, by=entry.owner)
    helping.answer(asked, text="So geht das.", close=False, by=desk)

    (mine,) = sections_of(entry.owner)["bitten_um_hilfe"]
    (theirs,) = sections_of(desk)["antworten_auf_bitten"]

    assert (mine["frage"], mine["antworten"]) == ("Wie geht das?", ["So geht das."])
    assert theirs["text"] == "So geht das."


def test_what_others_did_with_the_account_is_told(desk: User) -> None:
    person = UserFactory()
    access.lock(person, by=desk, reason="Passwort bekannt")
    access.lock(UserFactory(), by=desk, reason="anderswo")

    rows = sections_of(person)["verlauf_ueber_konto"]

    assert [(row["vorgang"], row["grund"]) for row in rows] == [("Konto gesperrt", "Passwort bekannt")]


def test_looking_at_a_person_leaves_a_line_without_a_name(desk: User) -> None:
    user, client = UserFactory(), browser(desk)
    registered(email="ada@hamm.example")

    client.post(PAGE, {"schritt": "suchen", "text": user.email})
    assert not Trace.objects.exists()
    client.post(PAGE, {"schritt": "zeigen", "wer": user.email})
    client.post(PAGE, {"schritt": "loeschen", "wer": "ada@hamm.example"})

    first, second = Trace.objects.order_by("pk")
    assert (first.verb, first.by, first.about, first.detail) == (
        "person_seen", desk, f"Konto {user.pk}", {"account": user.pk},
    )  # fmt: skip
    assert (second.verb, second.about.startswith("Adresse "), second.detail) == ("person_seen", True, {})
    with pytest.raises(NotAllowed):
        disclosing.look(disclosing.of_account(user), by=UserFactory())


def test_other_mentions_are_counted(open_round: Round, desk: User) -> None:
    inquiry = InquiryFactory()
    Inquiry.objects.filter(pk=inquiry.pk).update(settled_at=timezone.now(), settled_by=desk)

    rows = sections_of(desk)["weitere"]

    assert {"wo": "Anfragen", "als": "erledigt von", "anzahl": 1} in rows


def test_erase_lets_go_what_may_and_keeps_what_must(open_round: Round, desk: User) -> None:
    entry = factories.submitted(open_round)
    user = entry.owner
    registered(email=user.email)
    SubscriberFactory(email=user.email)
    person = disclosing.of_account(user)

    gone = disclosing.erase(person, by=desk, reason="Antrag vom 3. März")

    user.refresh_from_db()
    assert gone == {"Newsletter": 1, "Anmeldungen zu Terminen": 1, "Konto": 1}
    assert user.name == actions.DELETED_NAME
    assert not Registration.objects.filter(email=person.email).exists()
    assert not Subscriber.objects.exists()
    assert Version.objects.filter(submission=entry).exists()
    assert Trace.objects.get(verb=Trace.Verb.PERSON_ERASED).detail == {
        "account": user.pk, "counts": gone, "reason": "Antrag vom 3. März",
    }  # fmt: skip


def test_erase_takes_the_mail_along(open_round: Round, desk: User) -> None:
    """Also the mail to the Geschäftsstelle that repeats what the person wrote."""
    event = EventFactory()
    registration(event, "anna")
    subscribing.ask("anna@soest.example")
    inquiry = inquiries.receive(Inquiry.Kind.CONTACT, {"email": "anna@soest.example", "message": "Hallo"}, form="1")
    inquiries.settle(inquiry, by=desk)
    registration(event, "bernd")

    disclosing.erase(disclosing.person_of("anna@soest.example"), by=desk, reason="Antrag vom 3. März")

    assert {mail.to[0] for mail in Email.objects.all()} == {"bernd@soest.example"}


def test_erase_does_not_touch_accounts_of_the_office(desk: User) -> None:
    other = office.person()

    with pytest.raises(Refused, match="nichts"):
        disclosing.erase(disclosing.of_account(other), by=desk, reason="Antrag")

    other.refresh_from_db()
    assert other.is_active


def test_erase_needs_right_and_reason(desk: User) -> None:
    person = disclosing.of_account(UserFactory())
    with pytest.raises(NotAllowed):
        disclosing.erase(person, by=StaffFactory(), reason="Antrag")
    with pytest.raises(Refused, match="Grund"):
        disclosing.erase(person, by=desk, reason=" ")


def test_erase_rolled_back_leaves_everything(desk: User) -> None:
    user = UserFactory()
    person = disclosing.of_account(user)

    def undone() -> None:
        with transaction.atomic():
            disclosing.erase(person, by=desk, reason="Antrag")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()

    user.refresh_from_db()
    assert user.is_active
    assert not Trace.objects.exists()
    assert not Email.objects.exists()


def test_correct_name_by_office_journals_and_tells(desk: User) -> None:
    user = UserFactory(name="Eva Altt")

    actions.correct(user, by=desk, name="Eva Alt", email=user.email, reason="Tippfehler")

    user.refresh_from_db()
    line = Trace.objects.get()
    assert user.name == "Eva Alt"
    assert (line.about, line.detail) == (
        f"Konto {user.pk}", {"account": user.pk, "changed": ["Name"], "reason": "Tippfehler"},
    )  # fmt: skip
    assert Email.objects.get().to == [user.email]


def test_correct_address_is_for_the_administration(desk: User) -> None:
    user = UserFactory(email="alt@hamm.example")
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    with pytest.raises(NotAllowed):
        actions.correct(user, by=desk, name=user.name, email="neu@hamm.example", reason="x")

    actions.correct(user, by=StaffFactory(superuser=True), name=user.name, email="Neu@hamm.example", reason="x")

    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("neu@hamm.example", False, True)
    assert {mail.to[0] for mail in Email.objects.all()} == {"alt@hamm.example", "neu@hamm.example"}


def test_correct_refuses(desk: User) -> None:
    user, taken = UserFactory(), UserFactory()
    admin = StaffFactory(superuser=True)
    for by, values, expected in (
        (desk, {"reason": " "}, "Grund"),
        (desk, {}, "schon so"),
        (admin, {"email": taken.email}, "anderes Konto"),
    ):
        with pytest.raises(Refused, match=expected):
            actions.correct(user, by=by, **{"name": user.name, "email": user.email, "reason": "x"} | values)
    with pytest.raises(NotAllowed):
        actions.correct(office.person(), by=desk, name="X", email="x@hamm.example", reason="x")
    with pytest.raises(Refused, match="Ohne Konto"):
        disclosing.correct(disclosing.person_of("nie@hamm.example"), by=desk, name="X", email="x@y.example", reason="x")

    assert not Trace.objects.exists()


def test_pages_from_search_to_file(open_round: Round, desk: User) -> None:
    entry = factories.submitted(open_round)
    client, who = browser(desk), entry.owner.email
    assert "Mindestens drei Zeichen" in client.get(PAGE).content.decode()

    found = client.post(PAGE, {"schritt": "suchen", "text": who}).content.decode()
    shown = client.post(PAGE, {"schritt": "zeigen", "wer": who}).content.decode()
    file = client.post(PAGE, {"schritt": "datei", "wer": who})

    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    office.closed(file)
    assert f"Daten zu {who} ansehen" in found
    assert "Eingereichte Versionen" in shown
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["auskunft.json", "auskunft.html", "manifest.json"]


def test_pages_correct_and_erase_ask_first(open_round: Round, desk: User) -> None:
    user = UserFactory(name="Eva Altt")
    client, who = browser(desk), user.email
    asked = client.post(PAGE, {"schritt": "loeschen", "wer": who}).content.decode()
    form = client.post(PAGE, {"schritt": "berichtigen", "wer": who}).content.decode()
    assert "Das wird jetzt gelöscht" in asked
    assert "Eva Altt" in form
    assert User.objects.get(pk=user.pk).is_active

    client.post(PAGE, {"schritt": "berichtigen", "wer": who, "name": "Eva Alt", "email": who, "reason": "Tippfehler"})
    assert User.objects.get(pk=user.pk).name == "Eva Alt"
    answer = client.post(PAGE, {"schritt": "loeschen", "wer": who, "reason": "Antrag"})

    assert "Gelöscht: Konto: 1" in answer.content.decode()
    assert not User.objects.get(pk=user.pk).is_active


def test_page_says_what_is_wrong(desk: User) -> None:
    client = browser(desk)

    assert "3 Zeichen" in client.post(PAGE, {"schritt": "suchen", "text": "ab"}).content.decode()
    assert "Bitte suchen" in client.post(PAGE, {"schritt": "zeigen"}).content.decode()
    assert "Niemand gefunden" in client.post(PAGE, {"schritt": "suchen", "text": "xyzxyz"}).content.decode()


def test_page_is_for_the_office() -> None:
    assert browser(office.person("Redaktion")).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302
