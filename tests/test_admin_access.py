"""Every address of the admin × every role × GET and POST, against the declared expectation; a row of every kind."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from jury.models import Juror
from landespreis.models import Parcel, RetentionItem, RetentionRun, Trace
from portal.models import PageVersion, Project, Registration
from submissions.models import Category, HelpRequest, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory
from tests.landespreis.office_rows import MAKERS

LOGIN, GONE, OK, NO, METHOD = 302, 404, 200, 403, 405
ELSE = 302
"""Leads to what has to be done first."""
METHODS = ("get", "post", "put", "delete")
OUTSIDERS = ("anonymous", "member", "juror")
STAFF = ("editorial", "office", "admin")
STANDARD = ("changelist", "add", "change", "delete", "history")

RIGHTS: dict[str, tuple[str, str, str]] = {
    "accounts.membership": ("", "view", "view"),
    "accounts.municipality": ("", "view add change", "view add change delete"),
    "accounts.user": ("", "view", "view add"),
    "auth.group": ("", "", "view add change delete"),
    "jury.juryevent": ("", "view", "view"),
    "jury.letter": ("", "view change", "view change"),
    "jury.paper": ("", "view", "view"),
    "jury.recusal": ("", "view", "view"),
    "jury.seat": ("", "view add change", "view add change"),
    "jury.session": ("", "view", "view"),
    "landespreis.circular": ("", "view add change delete", "view add change delete"),
    "landespreis.link": ("", "view", "view"),
    "landespreis.purge": ("", "view", "view"),
    "landespreis.retentionhold": ("", "view", "view"),
    "landespreis.retentionrule": ("", "view change", "view change"),
    "landespreis.retentionrun": ("", "view", "view"),
    "landespreis.trace": ("", "view", "view"),
    "landespreis.wording": ("", "view add change", "view add change"),
    "portal.announcement": ("", "view", "view"),
    "portal.download": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.event": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.faqentry": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.faqsection": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.inquiry": ("view change", "view change", "view change"),
    "portal.news": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.newscategory": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.newsletter": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.page": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.picture": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.project": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.projectcategory": ("view add change delete", "view add change delete", "view add change delete"),
    "portal.proposal": ("view", "view", "view"),
    "portal.registration": ("view", "view", "view"),
    "portal.subscriber": ("view delete", "view delete", "view delete"),
    "portal.topic": ("view add change delete", "view add change delete", "view add change delete"),
    "post_office.email": ("", "view", "view"),
    "submissions.event": ("", "view", "view"),
    "submissions.helprequest": ("", "view", "view"),
    "submissions.receipt": ("", "view", "view"),
    "submissions.round": ("", "view add change", "view add change"),
    "submissions.submission": ("", "view", "view"),
    "submissions.version": ("", "view", "view"),
}
"""Model → what Redaktion, Geschäftsstelle and Administration may with its rows: view, add, change, delete."""
ACTIONS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "accounts.membership": (set(), {"confirm", "refuse"}, {"confirm", "refuse"}),
    "accounts.municipality": (set(), set(), {"delete_selected"}),
    "accounts.user": (set(), set(), {"reset_second_factor"}),
    "auth.group": (set(), set(), {"delete_selected"}),
    "jury.letter": (set(), {"release_chosen"}, {"release_chosen"}),
    "portal.faqentry": ({"delete_selected"}, {"delete_selected"}, {"delete_selected"}),
    "portal.faqsection": ({"delete_selected"}, {"delete_selected"}, {"delete_selected"}),
    "portal.news": ({"delete_selected"}, {"delete_selected"}, {"delete_selected"}),
    "portal.newscategory": ({"delete_selected"}, {"delete_selected"}, {"delete_selected"}),
    "portal.subscriber": ({"delete_selected"}, {"delete_selected"}, {"delete_selected"}),
    "submissions.submission": (set(), {"admit"}, {"admit"}),
}
"""Model → the actions on its list that the three are offered, where there are any."""
PAGES: dict[str, tuple[int, int, int]] = {
    "accounts_membership_confirm": (NO, OK, OK),
    "accounts_membership_refuse": (NO, OK, OK),
    "accounts_user_correct": (NO, OK, OK),
    "accounts_user_end_sessions": (NO, NO, OK),
    "accounts_user_lock": (NO, OK, OK),
    "accounts_user_reset": (NO, NO, OK),
    "accounts_user_roles": (NO, NO, OK),
    "accounts_user_unlock": (NO, OK, OK),
    "export": (METHOD, METHOD, METHOD),
    "exports": (OK, OK, OK),
    "index": (OK, OK, OK),
    "jury_letter_preview": (NO, OK, OK),
    "jury_letter_preview_html": (NO, OK, OK),
    "jury_letter_release": (NO, OK, OK),
    "jury_paper_file": (NO, GONE, GONE),
    "jury_recusal_take_back": (NO, OK, OK),
    "handbook": (OK, OK, OK),
    "handbook_page": (OK, OK, OK),
    "handbook_picture": (GONE, GONE, GONE),
    "jury_seat_end": (NO, OK, OK),
    "jury_seat_invite": (NO, OK, OK),
    "jury_seat_name": (NO, OK, OK),
    "jury_session_attendance": (NO, GONE, GONE),
    "jury_session_category": (NO, OK, OK),
    "jury_session_confirm": (NO, GONE, GONE),
    "jury_session_open": (NO, OK, OK),
    "jury_session_points": (NO, NO, OK),
    "landespreis_circular_cancel": (NO, OK, OK),
    "landespreis_circular_preview": (NO, OK, OK),
    "landespreis_circular_preview_mail": (NO, OK, OK),
    "landespreis_circular_progress": (NO, OK, OK),
    "landespreis_circular_release": (NO, OK, OK),
    "landespreis_circular_test": (NO, OK, OK),
    "landespreis_circular_write": (NO, OK, OK),
    "landespreis_retentionhold_lift": (NO, OK, OK),
    "landespreis_retentionrun_due": (NO, OK, OK),
    "landespreis_retentionrun_hold": (NO, OK, OK),
    "landespreis_retentionrun_package": (METHOD, METHOD, METHOD),
    "landespreis_retentionrun_preview": (NO, OK, OK),
    "landespreis_retentionrun_step": (NO, OK, OK),
    "landespreis_wording_drop": (NO, OK, OK),
    "landespreis_wording_reset": (NO, OK, OK),
    "landespreis_wording_word": (NO, OK, OK),
    "landespreis_wording_write": (NO, OK, OK),
    "lookup": (OK, OK, OK),
    "parcel": (OK, OK, OK),
    "parcel_again": (METHOD, METHOD, METHOD),
    "parcel_ask": (METHOD, METHOD, METHOD),
    "parcel_file": (ELSE, OK, OK),
    "parcels": (OK, OK, OK),
    "person": (NO, OK, OK),
    "portal_adoption": (NO, OK, OK),
    "portal_announce": (NO, OK, OK),
    "portal_announce_recall": (NO, OK, OK),
    "portal_bring_in": (OK, OK, OK),
    "portal_ceremony": (NO, OK, OK),
    "portal_ceremony_print": (METHOD, METHOD, METHOD),
    "portal_event_cancel": (OK, OK, OK),
    "portal_event_move": (OK, OK, OK),
    "portal_event_questions": (OK, OK, OK),
    "portal_event_registrations": (OK, OK, OK),
    "portal_event_table": (METHOD, METHOD, METHOD),
    "portal_newsletter_again_failed": (OK, OK, OK),
    "portal_newsletter_again_uncertain": (OK, OK, OK),
    "portal_newsletter_correct": (OK, OK, OK),
    "portal_newsletter_pause": (OK, OK, OK),
    "portal_newsletter_preview": (OK, OK, OK),
    "portal_newsletter_preview_mail": (OK, OK, OK),
    "portal_newsletter_progress": (OK, OK, OK),
    "portal_newsletter_release": (OK, OK, OK),
    "portal_newsletter_resume": (OK, OK, OK),
    "portal_newsletter_test": (OK, OK, OK),
    "portal_pictures": (OK, OK, OK),
    "portal_preview": (METHOD, METHOD, METHOD),
    "portal_proposal_decide": (OK, OK, OK),
    "portal_publishing": (OK, OK, OK),
    "portal_round_preview": (NO, OK, OK),
    "portal_subscriber_leave": (OK, OK, OK),
    "portal_subscriber_table": (METHOD, METHOD, METHOD),
    "portal_take_out": (OK, OK, OK),
    "portal_version": (OK, OK, OK),
    "portal_withdraw": (OK, OK, OK),
    "submissions_admit_many": (METHOD, METHOD, METHOD),
    "submissions_check": (NO, OK, OK),
    "submissions_extend": (NO, OK, OK),
    "submissions_help_answer": (NO, OK, OK),
    "submissions_help_draft": (NO, OK, OK),
    "submissions_help_end": (NO, OK, OK),
    "submissions_help_file": (NO, GONE, GONE),
    "submissions_keep": (NO, OK, OK),
    "submissions_people": (NO, OK, OK),
    "submissions_queue": (NO, OK, OK),
    "submissions_review": (NO, OK, OK),
    "submissions_round_announce": (NO, ELSE, ELSE),
    "submissions_round_copy": (NO, OK, OK),
    "submissions_round_discard": (NO, OK, OK),
    "submissions_round_preview": (NO, OK, OK),
    "submissions_round_readiness": (NO, OK, OK),
    "submissions_round_unannounce": (NO, OK, OK),
    "view_on_site": (GONE, GONE, GONE),
}
"""Every other address → what the three get."""


LEADING = {("landespreis.wording", "add"): ELSE, ("landespreis.wording", "change"): ELSE}
"""Django's pages that lead everybody to one of ours, which has its line in PAGES."""
OFFICE_POSTS = {
    "export", "parcel_ask", "parcel_again", "portal_announce_recall", "portal_ceremony_print", "submissions_admit_many",
}  # fmt: skip
"""Addresses that only take POST and that the Redaktion is refused."""


def patterns() -> Iterator[tuple[str, list[str]]]:
    """Yield the names of the admin's addresses with those of their arguments."""

    def walk(resolver: URLResolver) -> Iterator[tuple[str, list[str]]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield str(pattern.name), list(pattern.pattern.converters)

    (site,) = (found for found in get_resolver().url_patterns if getattr(found, "namespace", None) == "admin")
    assert isinstance(site, URLResolver)
    yield from walk(site)


def models() -> dict[str, type[Model]]:
    return {model._meta.label_lower: model for model in admin.site._registry}


STANDARD_NAMES = {f"{label.replace('.', '_')}_{page}" for label in models() for page in STANDARD}
OWN = {name: arguments for name, arguments in patterns() if name not in STANDARD_NAMES}
ELSEWHERE = {"login", "logout", "password_change", "password_change_done", "app_list", "jsi18n", "autocomplete"}
"""Django's own pages without rows of ours; who may not log in does not reach them either."""


@pytest.fixture
def filled(open_round: Round) -> None:
    """A row of every kind, and somebody on the jury."""
    call_command("load_roles", verbosity=0)
    for make in MAKERS.values():
        make()
    run = RetentionRun.objects.get()
    RetentionItem.objects.create(run=run, subject=str(uuid4()), label="x", digest="0" * 64)
    run.package = default_storage.save("aussonderung/paket.zip", ContentFile(b"x"))
    run.save()
    Parcel.objects.create(
        kind="kategorie", title="x", params={}, asked_by=run.proposed_by, finished_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1), file=default_storage.save("pakete/x.zip", ContentFile(b"x")),
    )  # fmt: skip


def user(role: str) -> User | None:
    if role == "anonymous":
        return None
    if role == "member":
        member: User = MembershipFactory().user
        return member
    if role == "juror":
        return Juror.objects.filter(until=None, user__isnull=False)[0].user
    staff: User = StaffFactory(superuser=role == "admin")
    if role != "admin":
        staff.groups.add(Group.objects.get(name={"office": "Geschäftsstelle", "editorial": "Redaktion"}[role]))
    return staff


def client_of(role: str) -> Client:
    client, person = Client(raise_request_exception=False), user(role)
    if person:
        show_factor(client, person)
    return client


def address(name: str, arguments: list[str]) -> str:
    """Return an address of the admin with objects that are there, where there are any."""
    model = next((model for label, model in models().items() if name.startswith(f"{label.replace('.', '_')}_")), None)
    return reverse(f"admin:{name}", kwargs={argument: _value(name, argument, model) for argument in arguments})


def _value(name: str, argument: str, model: type[Model] | None) -> Any:
    special = SPECIAL.get((name, argument))
    if special:
        return special()
    row = model._default_manager.order_by("pk").first() if model else None
    return row.pk if row else uuid4() if model is Submission else 1


CATEGORY_PAGES = ("category", "open", "attendance", "confirm", "points")
ROUND_PAGES = ("ceremony", "announce", "announce_recall", "ceremony_print", "round_preview")


def first(model: type[Model], **which: Any) -> Callable[[], Any]:
    """Return what looks up the key of the first such row, or one of none."""
    return lambda: model._default_manager.filter(**which).order_by("pk").values_list("pk", flat=True).first() or 1


ENTRY = first(Submission, current__isnull=False)
SPECIAL: dict[tuple[str, str], Callable[[], Any]] = {
    ("export", "key"): lambda: "einreichungen",
    ("export", "form"): lambda: "csv",
    ("handbook_page", "key"): lambda: "hilfe",
    ("handbook_picture", "name"): lambda: "00-keines.png",
    ("parcel_ask", "key"): lambda: "kategorie",
    ("view_on_site", "content_type_id"): lambda: 1,
    ("view_on_site", "object_id"): lambda: 1,
    **{(f"submissions_{page}", "pk"): ENTRY for page in ("extend", "keep", "check", "review", "people")},
    ("submissions_check", "act"): lambda: "ausschliessen",
    ("submissions_people", "act"): lambda: "uebertragen",
    **{(f"submissions_help_{page}", "pk"): first(HelpRequest) for page in ("draft", "file", "answer", "end")},
    ("submissions_help_file", "file"): uuid4,
    **{(f"jury_session_{page}", "pk"): first(Category) for page in CATEGORY_PAGES},
    **{(f"portal_{page}", "pk"): first(Round) for page in ROUND_PAGES},
    ("portal_publishing", "pk"): first(Project),
    ("portal_publishing", "act"): lambda: "zuruecknehmen",
    ("portal_version", "pk"): first(PageVersion),
    ("portal_proposal_decide", "act"): lambda: "veroeffentlichen",
    ("portal_withdraw", "pk"): first(Registration),
    ("landespreis_circular_write", "key"): lambda: "entwuerfe",
    **{(f"landespreis_wording_{page}", "key"): lambda: "eigen-0" for page in ("word", "reset", "drop")},
    ("landespreis_retentionrun_preview", "kind"): lambda: "drafts",
    ("landespreis_retentionrun_preview", "scope"): lambda: Round.objects.latest("opens_at").key,
    ("landespreis_retentionrun_hold", "item"): first(RetentionItem),
    **{(name, "pk"): first(Parcel) for name in ("parcel", "parcel_file", "parcel_again")},
    ("landespreis_retentionrun_step", "step"): lambda: "verwerfen",
}
"""Arguments that are not the key of the model an address is named after."""


def status(response: Any) -> int:
    """Return the status, and close files that are streamed without closing the database too."""
    for close in getattr(response, "_resource_closers", ()):
        close()
    return int(response.status_code)


def rights(role: str) -> dict[str, str]:
    request = RequestFactory().get("/admin/")
    request.user = user(role)  # type: ignore[assignment]
    found = {}
    for label, model in models().items():
        page = admin.site._registry[model]
        may = {
            "view": page.has_view_permission(request),
            "add": page.has_add_permission(request),
            "change": page.has_change_permission(request),
            "delete": page.has_delete_permission(request),
        }
        found[label] = " ".join(verb for verb, allowed in may.items() if allowed)
    return found


def actions(role: str) -> dict[str, set[str]]:
    request = RequestFactory().get("/admin/")
    request.user = user(role)  # type: ignore[assignment]
    found = {label: set(admin.site._registry[model].get_actions(request)) for label, model in models().items()}
    return {label: names for label, names in found.items() if names}


def test_every_address_has_a_row() -> None:
    assert set(OWN) - ELSEWHERE == set(PAGES)
    assert set(models()) == set(RIGHTS)


def test_every_address_as_every_role(filled: None) -> None:
    """The pages of all rows follow the rights; every other address has its own line. Outsiders get nowhere."""
    own = {name: address(name, arguments) for name, arguments in OWN.items() if name not in ELSEWHERE}
    rows = {(label, page): url for label in models() for page, url in standard(label).items()}
    for role in STAFF:
        place, client = STAFF.index(role), client_of(role)
        Parcel.objects.update(asked_by=client.session[SESSION_KEY])  # each person sees only their own
        assert rights(role) == {label: of[place] for label, of in RIGHTS.items()}
        assert actions(role) == {label: of[place] for label, of in ACTIONS.items() if of[place]}
        assert {name: status(client.get(url)) for name, url in own.items()} == {
            name: of[place] for name, of in PAGES.items()
        }
        found = {key: status(client.get(url)) for key, url in rows.items()}
        assert found == {key: LEADING.get(key) or expected(RIGHTS[key[0]][place], key[1]) for key in rows}
        refused = [url for name, url in own.items() if PAGES[name][place] in {NO, GONE}]
        refused += [url for key, url in rows.items() if found[key] == NO]
        assert {status(client.post(url)) for url in refused} <= {NO, GONE, METHOD}
        if role == "editorial":
            assert {status(client.post(own[name])) for name in OFFICE_POSTS} <= {NO, GONE}
    for role in OUTSIDERS:
        client = client_of(role)
        for method in METHODS:
            answers = {status(getattr(client, method)(url)) for url in (*own.values(), *rows.values())}
            assert answers == {LOGIN if role == "anonymous" else GONE}


def test_no_method_but_post_changes_a_row(filled: None) -> None:
    """Django's pages take every other method as a look at the page; that it was refused may leave a line."""
    client = client_of("admin")
    before = keys()
    urls = [url for label in models() for page, url in standard(label).items() if page in {"change", "delete", "add"}]

    answers = {status(getattr(client, method)(url)) for url in urls for method in ("put", "patch", "delete")}

    refusals = set(Trace.objects.filter(verb=Trace.Verb.ACCESS_REFUSED).values_list("pk", flat=True))
    assert answers <= {OK, NO, METHOD, ELSE}
    assert {
        label: rows - refusals if label == Trace._meta.label_lower else rows for label, rows in keys().items()
    } == before


def keys() -> dict[str, set[object]]:
    return {label: set(model._default_manager.values_list("pk", flat=True)) for label, model in models().items()}


def standard(label: str) -> dict[str, str]:
    """Return Django's pages for rows of a model: those of the list, and those of the first row where there is one."""
    name, row = label.replace(".", "_"), models()[label]._default_manager.order_by("pk").first()
    pages = {page: reverse(f"admin:{name}_{page}") for page in ("changelist", "add")}
    if row:
        pages |= {page: reverse(f"admin:{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")}
    return pages


def expected(rights: str, page: str) -> int:
    """Return what the rights to rows of a model give for one of Django's pages."""
    needed = {"changelist": "view", "history": "view", "change": "view"}.get(page, page)
    return OK if needed in rights.split() else NO
