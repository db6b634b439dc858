"""The formal check on two screens: one proposes without JavaScript on a telephone, another confirms what they read."""

from datetime import timedelta

import pytest
from post_office.models import Email

from accounts.models import User
from landespreis import clock
from submissions.models import Proposal, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.submissions import factories

pytestmark = pytest.mark.browser

QUEUE = "/admin/submissions/submission/pruefung/"


@pytest.fixture
def entries(register: Round) -> list[Submission]:
    """Three entries of a round in which two decide, its window just closed."""
    clock.set_now(register.opens_at + timedelta(days=30))
    made = [factories.submitted(register, title=f"Gemeinsam {n}") for n in (1, 2, 3)]
    Round.objects.update(four_eyes=True)
    clock.set_now(register.closes_at + timedelta(hours=10))
    return made


def staff(name: str, visitor: Visitor) -> User:
    made: User = StaffFactory(superuser=True, totp=True, name=name)
    visitor.go("/demo/")
    visitor.press(f"Anmelden als {name}")
    return made


def test_walk_of_two_through_the_formal_check(visit: Visit, entries: list[Submission]) -> None:
    ida = visit(width=360, height=740, scripts=False)
    staff("Ida Lorenz", ida)
    ida.go(QUEUE)
    ida.meet("Formale Prüfung")
    ida.follow("Der Reihe nach prüfen")
    ida.meet("IKZ-2026-0001 formal prüfen")
    ida.page.locator("input[name=partner][value=failed]").check()
    ida.press("Ausschluss vorschlagen …")
    ida.meet("Ausschluss vorschlagen")
    ida.page.locator("textarea").fill("Nur eine Kommune.\n\nBitte sehen Sie § 2.")
    ida.press("Weiter zur E-Mail")
    ida.meet("Ausschluss vorschlagen")
    ida.reads("Bitte sehen Sie § 2.")
    ida.press("Ausschluss vorschlagen")
    ida.meet("IKZ-2026-0002 formal prüfen")
    assert (Proposal.objects.get().reason, Email.objects.count()) == (
        "Nur eine Kommune.\r\n\r\nBitte sehen Sie § 2.",
        0,
    )

    jan = visit()
    staff("Jan Paulsen", jan)
    jan.go("/admin/")
    jan.follow("1 Vorschlag der formalen Prüfung bestätigen")
    jan.meet("Formale Prüfung")
    jan.follow("IKZ-2026-0001 Gemeinsam 1")
    jan.meet("IKZ-2026-0001 formal prüfen")
    jan.follow("Vorschlag bestätigen …")
    jan.meet("Vorschlag bestätigen")
    jan.press("Ausschließen und E-Mail verschicken")
    jan.meet("IKZ-2026-0002 formal prüfen")
    jan.go(QUEUE)
    jan.page.get_by_label("IKZ-2026-0003 auswählen").check()
    jan.press("Ausgewählte zur Zulassung vorschlagen …")
    jan.meet("Mehrere zulassen")
    jan.press("1 Einreichung vorschlagen")
    jan.reads("1 Einreichung ist zur Zulassung vorgeschlagen.")

    ida.go(f"/admin/submissions/submission/{entries[0].pk}/pruefung/")
    ida.meet("IKZ-2026-0001 formal prüfen")
    ida.follow("Rücknahme vorschlagen …")
    ida.meet("Rücknahme vorschlagen")
    ida.page.locator("textarea").fill("Es sind doch zwei.")
    ida.press("Rücknahme vorschlagen")
    ida.reads("Das ist Ihr Vorschlag.")
    jan.go(QUEUE)
    jan.meet("Formale Prüfung")
    jan.follow("IKZ-2026-0001 Gemeinsam 1")
    jan.follow("Vorschlag bestätigen …")
    jan.meet("Vorschlag bestätigen")
    jan.press("Entscheidung zurücknehmen")

    assert Submission.objects.get(number=1).formal_check == "open"
    assert "Bitte sehen Sie § 2." in Email.objects.get().message
    ida.check()
    jan.check()
