"""A mail that came to somebody whom it does not concern is found: by entry, link, code, address and copy."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings

from jury.actions import seats
from portal import issues
from portal.actions import subscribing
from rehearsal import ledger
from rehearsal.applicant import everybody
from rehearsal.cast import PASSWORD
from rehearsal.insiders import Insider
from rehearsal.invariants import recipients
from rehearsal.mailbox import Letter
from rehearsal.stage import Stage
from submissions.actions import editors
from submissions.models import Round
from tests.jury import factories as jury
from tests.portal import factories as portal
from tests.portal.factories import SubscriberFactory
from tests.rehearsal.told import broken, mail
from tests.submissions import factories

ONE, STRANGE = "Jede Mail nennt nur die Person, bei der sie ankam", "Keine Mail an jemanden, der nicht mitspielt"
MATTER = "Keine Mail nennt, was ihren Empfänger nichts angeht"
ADDRESS = "Keine Mail nennt die Adresse einer fremden Person"
LINK, CODE = "Jeder geheime Link ging an die Person, der er gehört", "Jeder Code ging an eine einzige Adresse"
PASSWORDS = "Keine Mail enthält ein Kennwort oder die Saat eines zweiten Faktors"

TITLE, COLLEAGUE = "Gemeinsam löschen 7", "kollegin@stadt.example"
OFFICE, JUROR = "renate.vollmer@geschaeftsstelle.example", "jury.bank@jury.example"


@pytest.fixture
def played(stage: Stage) -> Stage:
    """Two towns that lead entries, one of them with a colleague, one number, one of the office and one juror."""
    first, second, *_ = stage.cast.towns
    first = replace(first, title=TITLE, colleague=COLLEAGUE, publishes=False)
    stage.cast = replace(stage.cast, towns=(first, replace(second, title="Gemeinsam bauen 8", publishes=True)))
    for number, person in enumerate(everybody(stage).values(), start=7):
        person.entry = f"/einreichungen/{UUID(int=number)}/"
        stage.ledger.note(person.email, ledger.SUBMITTED, person.pk, number=number)
    stage.props |= {
        "office": (Insider("Renate Vollmer", OFFICE, stage.browser()),),
        "jury": {"bank": Insider("Henning Rademaker", JUROR, stage.browser(), secret="JBSWY3DPEHPK3PXP")},
    }
    return stage


def owner(stage: Stage) -> str:
    return stage.cast.towns[0].email


def other(stage: Stage) -> str:
    return stage.cast.towns[1].email


# One recipient --------------------------------------------------------------------------------------


def test_mail_to_one_person_who_plays_is_well(played: Stage) -> None:
    for address in (owner(played), COLLEAGUE, OFFICE, JUROR, settings.CONTACT_EMAIL):
        mail(played, address, "Guten Tag", to=f"Wer auch immer <{address}>")

    assert broken(played, recipients.one_each) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"to": "{0}, {1}"},
        {"to": "{1}"},
        {"to": "{0}", "cc": "{1}"},
        {"to": "{0}", "bcc": "{1}"},
        {},
    ],
)
def test_mail_that_names_another_recipient_is_found(played: Stage, headers: dict[str, str]) -> None:
    named = {name: value.format(owner(played), other(played)) for name, value in headers.items()}
    mail(played, owner(played), "Guten Tag", **named)

    assert broken(played, recipients.one_each) == [ONE]


def test_mail_to_somebody_unknown_is_found(played: Stage) -> None:
    mail(played, "fremd@stadt.example", "Guten Tag", to="fremd@stadt.example")

    assert broken(played, recipients.one_each) == [STRANGE]


# What it is about -----------------------------------------------------------------------------------

WORDS = [TITLE, "IKZ-2026-0007", f"https://portal.example/einreichungen/{UUID(int=7)}/titel/"]


@pytest.mark.parametrize("words", WORDS)
def test_mail_that_names_an_entry_to_its_people_office_and_jury_is_well(played: Stage, words: str) -> None:
    for address in (owner(played), COLLEAGUE, OFFICE, JUROR, settings.CONTACT_EMAIL):
        mail(played, address, "Ihre Einreichung", words)

    assert broken(played, recipients.matters) == []


@pytest.mark.parametrize("words", WORDS)
def test_mail_that_names_an_entry_to_another_town_is_found(played: Stage, words: str) -> None:
    mail(played, other(played), "Ihre Einreichung", words)

    assert broken(played, recipients.matters) == [MATTER]


def test_subject_and_attachment_name_an_entry_too(played: Stage) -> None:
    mail(played, other(played), f"Eingangsbestätigung {WORDS[1]}")
    assert broken(played, recipients.matters) == [MATTER]


def test_name_of_an_attachment_names_an_entry_too(played: Stage) -> None:
    headers = {"message-id": "<1@portal.example>"}
    played.installation.mail.keep(Letter(other(played), "Beleg", "", ("IKZ-2026-0007.pdf",), headers, 0))

    assert broken(played, recipients.matters) == [MATTER]


def test_longer_number_is_another_entry(played: Stage) -> None:
    mail(played, other(played), "Gemeinsam löschen 77", "IKZ-2026-00071")

    assert broken(played, recipients.matters) == []


def test_mail_to_a_juror_recused_from_the_entry_is_found(played: Stage) -> None:
    played.ledger.note(JUROR, ledger.RECUSED, str(UUID(int=7)), since=ledger.now())
    mail(played, JUROR, "Noch offen", TITLE)

    assert broken(played, recipients.matters) == [MATTER]


def test_what_is_public_may_be_named_to_everybody(played: Stage) -> None:
    mail(played, owner(played), "Neues", "Gemeinsam bauen 8")
    assert broken(played, recipients.matters) == [MATTER]

    played.installation.mail.letters.clear()
    played.ledger.note("reporter", ledger.PUBLISHED, "lp2")
    mail(played, owner(played), "Neues", "Gemeinsam bauen 8")
    assert broken(played, recipients.matters) == []

    mail(played, other(played), "Neues", TITLE)
    assert broken(played, recipients.matters) == [MATTER]


@pytest.mark.parametrize("path", ["/admin/", "/jury/kategorien/krisen/"])
def test_mail_with_a_page_of_the_office_or_jury_to_an_applicant_is_found(played: Stage, path: str) -> None:
    mail(played, OFFICE, "Guten Tag", f"{settings.BASE_URL}{path}")
    assert broken(played, recipients.matters) == []

    mail(played, owner(played), "Guten Tag", f"{settings.BASE_URL}{path}")
    assert broken(played, recipients.matters) == [MATTER]


def test_message_to_the_office_that_comes_to_another_is_found(played: Stage) -> None:
    played.ledger.note("leserin@lesen.example", ledger.ASKED, "Dürfen Kreise mitmachen?")
    mail(played, settings.CONTACT_EMAIL, "Kontakt", "Dürfen Kreise mitmachen?")
    assert broken(played, recipients.matters) == []

    mail(played, "leserin@lesen.example", "Angekommen", "Dürfen Kreise mitmachen?")
    assert broken(played, recipients.matters) == [MATTER]


# Addresses ------------------------------------------------------------------------------------------


def test_mail_may_name_the_own_town_and_the_office(played: Stage) -> None:
    mail(played, owner(played), "Mitwirkende", f"{COLLEAGUE} {OFFICE} {settings.CONTACT_EMAIL} {owner(played)}")
    mail(played, settings.CONTACT_EMAIL, "Anfrage", other(played))

    assert broken(played, recipients.addresses) == []


@pytest.mark.parametrize("address", [COLLEAGUE, JUROR])
def test_mail_that_names_the_address_of_a_stranger_is_found(played: Stage, address: str) -> None:
    mail(played, other(played), "Neues", f"Fragen an {address}.")

    assert broken(played, recipients.addresses) == [ADDRESS]


# Secrets --------------------------------------------------------------------------------------------


def test_code_at_one_address_is_well_and_at_two_is_found(played: Stage) -> None:
    mail(played, owner(played), "Code", "Ihr Code:\n\nAB12-CD34\n")
    mail(played, owner(played), "Code noch einmal", "Ihr Code:\n\nAB12-CD34\n")
    assert broken(played, recipients.secrets) == []

    mail(played, other(played), "Code", "Ihr Code:\n\nAB12-CD34\n")
    assert broken(played, recipients.secrets) == [CODE]


def invitation(round: Round) -> tuple[str, str]:
    entry = factories.draft(round)
    found = editors.invite(entry, email="neu@stadt.example", role="edit", by=entry.owner)
    return found.email, f"/einreichungen/einladung/{editors.token(found)}/"


def seat(round: Round) -> tuple[str, str]:
    juror = jury.juror(jury.seats(round)[0])
    return juror.email, f"/jury/einladung/{seats.token(juror)}/"


def consent(round: Round) -> tuple[str, str]:
    subscriber = SubscriberFactory()
    return subscriber.email, f"/newsletter/bestaetigen/{subscribing.token(subscriber)}/"


def leaving(round: Round) -> tuple[str, str]:
    subscriber = SubscriberFactory()
    return subscriber.email, issues.leave_url(subscriber.key).removeprefix(settings.BASE_URL)


def coming(round: Round) -> tuple[str, str]:
    registration = portal.registration(portal.EventFactory())
    return registration.email, f"/termine/anmeldung/{registration.key}/"


@pytest.mark.parametrize("make", [invitation, seat, consent, leaving, coming])
def test_link_with_a_secret_is_for_whose_row_it_opens(
    played: Stage, open_round: Round, make: Callable[[Round], tuple[str, str]]
) -> None:
    email, path = make(open_round)
    mail(played, email, "Ihr Link", f"Hier: {settings.BASE_URL}{path}.")
    assert broken(played, recipients.secrets) == []

    mail(played, other(played), "Ihr Link", f"Hier: {settings.BASE_URL}{path}.")
    assert broken(played, recipients.secrets) == [LINK]


def test_link_in_the_head_of_a_mail_counts(played: Stage, open_round: Round) -> None:
    email, path = leaving(open_round)
    mail(played, other(played), "Ausgabe", list_unsubscribe=f"<{settings.BASE_URL}{path}>")

    assert email != other(played)
    assert broken(played, recipients.secrets) == [LINK]


def test_secret_in_a_link_of_which_nobody_said_whose_it_is_is_found(played: Stage) -> None:
    mail(played, owner(played), "Neu", f"{settings.BASE_URL}/konto/neu/Qk3vX9_pL-72zTq1mWb8/")

    assert broken(played, recipients.secrets) == [LINK]


def test_key_of_an_entry_is_no_secret(played: Stage) -> None:
    mail(played, owner(played), "Neu", f"{settings.BASE_URL}/einreichungen/{UUID(int=7)}/")

    assert broken(played, recipients.secrets) == []


@pytest.mark.parametrize("word", [PASSWORD, "JBSWY3DPEHPK3PXP"])
def test_password_or_seed_in_a_mail_is_found(played: Stage, word: str) -> None:
    mail(played, owner(played), "Neu", f"Merken Sie sich {word}!")

    assert broken(played, recipients.secrets) == [PASSWORDS]
