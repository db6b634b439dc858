"""Every page one can see without an entry of one's own, once wide and once as narrow as pages must go: 320 pixels."""

from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from accounts import demo as people
from accounts.models import Membership, Municipality, User
from portal.models.pages import FIXED
from submissions.models import Round, Submission
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import PICTURES

pytestmark = pytest.mark.browser

LISTS = ("projekte", "termine", "newsletter", "suche")
MEIKE = "meike.brandhorst@soest.example"
OFFICE = "renate.vollmer@geschaeftsstelle.example"
PICTURED = [
    "01-start", "02-konto-anlegen-360", "03-uebersicht-360", "04-abschnitt", "05-zwei-fassungen", "06-dateien-360",
    "07-pruefen", "08-eingereicht", "09-vergleich", "10-geschaeftsstelle",
]  # fmt: skip


@pytest.fixture
def meike(register: Round) -> User:
    """Somebody with an account and a municipality."""
    user: User = UserFactory(email=MEIKE, name="Meike Brandhorst")
    MembershipFactory(user=user, municipality=Municipality.objects.get(ags="05974040"))
    return user


def test_walk_through_public_pages(visit: Visit, meike: User) -> None:
    call_command("load_pages", verbosity=0)
    for visitor in (visit(both=True), visit(width=320, both=True)):
        for path in ["/", "/landespreis/", *(f"/{slug}/" for slug in [*FIXED, *LISTS]), "/demo/"]:
            visitor.go(path)
            visitor.meet("")
        for path in ["/konto/login/", "/konto/signup/", "/konto/password/reset/"]:
            visitor.go(path)
            visitor.meet("")
            with visitor.page.expect_navigation():
                visitor.page.locator("main form button[type=submit]").first.click()
            visitor.meet("")
        visitor.write("E-Mail-Adresse", MEIKE)
        visitor.press("Link anfordern")
        visitor.meet("")
        visitor.go(urlsplit(pages.link_from_mail(MEIKE, "/konto/password/reset/")).path)
        visitor.meet("")


def test_walk_through_what_goes_wrong(visit: Visit, meike: User) -> None:
    for visitor in (visit(), visit(width=320)):
        visitor.go("/gibt-es-nicht/")
        visitor.meet("", status=404)
        visitor.go("/demo/anmelden/1/")
        visitor.meet("", status=405)
        visitor.go("/einreichungen/einladung/erfunden/")
        visitor.meet("Dieser Link gilt nicht", status=404)
        visitor.go("/konto/login/")
        visitor.context.clear_cookies(name="csrftoken")
        visitor.press("Anmelden")
        visitor.meet("", status=403)
        visitor.log_in(MEIKE, PASSWORD)
        visitor.go("/admin/")
        visitor.meet("", status=404)
        visitor.go("/jury/")
        visitor.meet("Zweiter Faktor")


def test_walk_through_the_account(visit: Visit, meike: User) -> None:
    for visitor in (visit(), visit(width=320)):
        visitor.log_in(MEIKE, PASSWORD)
        visitor.go("/konto/2fa/totp/activate/")
        visitor.meet("Zugang bestätigen")
        visitor.write("Passwort", PASSWORD)
        visitor.press("Bestätigen")
        for path in (
            "/konto/", "/konto/kommune/", "/konto/loeschen/", "/konto/email/", "/konto/password/change/",
            "/konto/2fa/", "/konto/2fa/totp/activate/", "/konto/2fa/webauthn/", "/konto/2fa/webauthn/add/",
            "/konto/sessions/", "/konto/logout/",
        ):  # fmt: skip
            visitor.go(path)
            visitor.meet("")
        visitor.go("/konto/kommune/")
        visitor.press("Kommune hinzufügen")
        visitor.meet("Kommune hinzufügen")


def test_walk_through_the_office(visit: Visit, demo: Round) -> None:
    office = visit()
    office.log_in(OFFICE, people.PASSWORD)
    pages.show_code(office, people.TOTP_SECRET)
    office.press("Anmelden")

    draft = Submission.objects.get(owner__email=MEIKE)
    for path in (
        "/admin/", "/admin/submissions/submission/", f"/admin/submissions/submission/{draft.pk}/change/",
        f"/admin/submissions/submission/{draft.pk}/verlaengern/", "/admin/submissions/round/",
        f"/admin/submissions/round/{demo.pk}/change/", "/admin/accounts/membership/",
        f"/admin/accounts/membership/{Membership.objects.earliest('pk').pk}/change/", "/admin/accounts/municipality/",
        "/admin/accounts/user/", "/admin/post_office/email/",
    ):  # fmt: skip
        office.go(path)
        office.meet("")
    office.go("/admin/submissions/submission/pruefung/")
    office.meet("Formale Prüfung")
    handed_in = Submission.objects.filter(status=Submission.Status.SUBMITTED).earliest("number")
    office.go(f"/admin/submissions/submission/{handed_in.pk}/change/")
    office.meet("")


def test_ten_pictures_show_the_walk() -> None:
    files = sorted(PICTURES.glob("*.png"))

    assert [file.stem for file in files] == PICTURED
    assert sum(file.stat().st_size for file in files) < 1_500_000
