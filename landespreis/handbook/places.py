"""Which page of the handbook is about which page of the admin."""

from landespreis.handbook import pages
from landespreis.handbook.pages import Page

PLACES = {
    "accounts_": "zugaenge",
    "exports": "exporte",
    "index": "ueberblick",
    "jury_": "jury",
    "jury_juryevent": "verlauf",
    "jury_letter": "preisverleihung",
    "jury_paper": "preisverleihung",
    "landespreis_circular": "nachrichten",
    "landespreis_link": "verlauf",
    "landespreis_purge": "verlauf",
    "landespreis_retention": "aufbewahrung",
    "landespreis_trace": "verlauf",
    "landespreis_wording": "nachrichten",
    "lookup": "suchen",
    "parcel": "exporte",
    "person": "aufbewahrung",
    "portal_": "redaktion",
    "portal_announce": "preisverleihung",
    "portal_ceremony": "preisverleihung",
    "portal_event": "termine",
    "portal_newsletter": "newsletter",
    "portal_registration": "termine",
    "portal_round": "runde",
    "portal_subscriber": "newsletter",
    "post_office_": "nachrichten",
    "submissions_": "suchen",
    "submissions_admit_many": "formale-pruefung",
    "submissions_check": "formale-pruefung",
    "submissions_event": "verlauf",
    "submissions_extend": "hilfe",
    "submissions_helprequest": "hilfe",
    "submissions_help_": "hilfe",
    "submissions_keep": "aufbewahrung",
    "submissions_people": "hilfe",
    "submissions_queue": "formale-pruefung",
    "submissions_review": "formale-pruefung",
    "submissions_round": "runde",
    "submissions_submission_change": "hilfe",
    "submissions_submission_changelist": "suchen",
}
"""How the name of an address begins → the page; the longest beginning counts."""


def page(name: str) -> Page | None:
    """Return the page about the address of that name, if there is one."""
    fitting = [begin for begin in PLACES if name.startswith(begin)]
    return pages.pages().get(PLACES[max(fitting, key=len)]) if fitting else None
