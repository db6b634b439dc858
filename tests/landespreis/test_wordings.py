"""Texts that staff keep: shipped ones hold their promises, own words take their place, and the way back works."""

from pathlib import Path

import pytest
from django.conf import settings
from post_office.models import Email

from accounts.models import User
from landespreis import audiences, mail
from landespreis.circulars import texts, wording_actions
from landespreis.models import Trace, Wording
from landespreis.refusal import NotAllowed, Refused
from submissions.actions import formal_check
from submissions.models import Round
from tests.accounts.factories import MembershipFactory, staff
from tests.landespreis import circulars
from tests.submissions import factories

OWN = "Bitte rufen Sie an: {name}."


@pytest.fixture
def office(db: None) -> User:
    return staff()


def found(key: str) -> texts.Text:
    text = texts.find(key)
    assert text
    return text


@pytest.mark.parametrize("key", sorted(texts.shipped()))
def test_shipped_text_has_no_mistake(key: str) -> None:
    text = texts.shipped()[key]

    assert texts.mistakes(text.placeholders, text.subject, text.text) == {}
    assert len(text.title) <= 100
    assert len(text.subject) <= 150
    assert text.kind in audiences.kinds() or text.is_mail


@pytest.mark.parametrize("key", sorted(texts.passages()))
def test_passage_stands_in_both_forms_of_its_mail(key: str) -> None:
    name = key.removeprefix(texts.MAIL)
    folder = Path(settings.BASE_DIR) / "templates" / "mail"

    assert "{{ passage }}" in (folder / f"{name}.txt").read_text()
    assert "{{ passage_html }}" in (folder / f"{name}.html").read_text()


def test_every_kind_of_group_has_a_shipped_text() -> None:
    assert {text.kind for text in texts.shipped().values()} >= set(audiences.kinds())


@pytest.mark.django_db
def test_mail_has_the_shipped_passage_until_somebody_words_it(office: User) -> None:
    context = {"membership": MembershipFactory(user__name="Anna Weiß <x>")}
    before = mail.said("membership_confirmed", context)

    wording_actions.word(found("mail-membership_confirmed"), by=office, subject="", body=OWN)
    after = mail.said("membership_confirmed", context)

    assert "Sie müssen nichts weiter tun." in before.text
    assert "<p>Sie müssen nichts weiter tun.</p>" in before.html
    assert "Bitte rufen Sie an: Anna Weiß <x>." in after.text
    assert "<p>Bitte rufen Sie an: Anna Weiß &lt;x&gt;.</p>" in after.html
    assert after.text.replace("Bitte rufen Sie an: Anna Weiß <x>.", "Sie müssen nichts weiter tun.") == before.text


@pytest.mark.django_db
def test_value_with_braces_is_not_read_again(office: User) -> None:
    wording_actions.word(found("mail-membership_confirmed"), by=office, subject="", body="{name}")
    context = {"membership": MembershipFactory(user__name="{kommune} {{ membership.pk }} {% now 'Y' %}")}

    assert "\n{kommune} {{ membership.pk }} {% now 'Y' %}\n" in mail.said("membership_confirmed", context).text


def test_verbs_of_the_portal_use_the_own_words(open_round: Round, office: User) -> None:
    wording_actions.word(found("mail-excluded"), by=office, subject="", body="Zu {nummer} „{titel}“ rufen Sie an.")
    entry = factories.submitted(open_round, title="Pegel")
    Email.objects.all().delete()

    formal_check.exclude(entry, by=office, reason="Nachweis fehlt")

    row = Email.objects.get()
    assert "Zu IKZ-2026-0001 „Pegel“ rufen Sie an." in row.message
    assert "Grund: Nachweis fehlt" in row.message


def test_word_journals_and_reset_goes_back(office: User) -> None:
    text = found("entwurf-frist")
    wording_actions.word(text, by=office, subject="Bald", body="{anrede}", title="Anders")

    changed = found("entwurf-frist")
    assert (changed.title, changed.subject, changed.text, changed.changed_by) == (
        text.title, "Bald", "{anrede}", str(office),
    )  # fmt: skip
    wording_actions.reset(changed, by=office)

    assert found("entwurf-frist") == text
    assert [row.verb for row in Trace.objects.order_by("pk")] == ["wording_changed", "wording_reset"]


def test_own_text_is_offered_to_its_groups_and_deleted(office: User) -> None:
    first = wording_actions.add(by=office, kind="jury", title="Anreise", subject="x", body="{sitz}")
    second = wording_actions.add(by=office, kind="jury", title="Anreise", subject="x", body="{sitz}")

    assert first.key != second.key
    assert "Anreise" in [text.title for text in texts.fitting("jury")]
    assert "Anreise" not in [text.title for text in texts.fitting("entwurf")]
    wording_actions.delete(found(first.key), by=office)
    assert texts.find(first.key) is None
    assert Trace.objects.latest("pk").verb == "wording_deleted"


def test_broken_placeholders_are_refused(office: User) -> None:
    with pytest.raises(Refused, match=r"Den Platzhalter \{nummer\} gibt es hier nicht"):
        wording_actions.word(found("entwurf-frist"), by=office, subject="x", body="{nummer}")
    with pytest.raises(Refused, match="allein"):
        wording_actions.add(by=office, kind="", title="x", subject="x", body="{name")
    with pytest.raises(Refused, match=r"Den Platzhalter \{sitz\} gibt es hier nicht"):
        wording_actions.add(by=office, kind="", title="x", subject="x", body="{sitz}")
    assert not Wording.objects.exists()


def test_shipped_texts_are_not_deleted_and_own_ones_not_reset(office: User) -> None:
    own = wording_actions.add(by=office, kind="", title="x", subject="x", body="x")

    with pytest.raises(Refused):
        wording_actions.delete(found("entwurf-frist"), by=office)
    with pytest.raises(Refused):
        wording_actions.reset(found(own.key), by=office)


def test_texts_are_the_offices(office: User) -> None:
    other, text = staff("Redaktion"), found("entwurf-frist")

    with pytest.raises(NotAllowed):
        wording_actions.word(text, by=other, subject="x", body="x")
    with pytest.raises(NotAllowed):
        wording_actions.add(by=other, kind="", title="x", subject="x", body="x")
    with pytest.raises(NotAllowed):
        wording_actions.reset(text, by=other)
    with pytest.raises(NotAllowed):
        wording_actions.delete(text, by=other)


def test_rollback_leaves_neither_words_nor_journal(office: User) -> None:
    text = found("entwurf-frist")
    circulars.undone(lambda: wording_actions.word(text, by=office, subject="x", body="x"))
    circulars.undone(lambda: wording_actions.add(by=office, kind="", title="x", subject="x", body="x"))

    assert (Wording.objects.count(), Trace.objects.count()) == (0, 0)
