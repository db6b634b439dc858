"""Plays the acts of the demo, one method per verb."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from accounts import demo as people
from accounts.actions import confirm_membership
from accounts.models import Membership, Municipality, User
from landespreis import clock
from landespreis.demo import papers, scenes
from submissions.actions import editors, entries, files, handing_in, partners
from submissions.demo.acts import Act, unwrapped
from submissions.models import Attachment, Round, Submission

BETWEEN_SECTIONS = timedelta(minutes=4)
"""Sections that one act saves are saved one after the other; the last one at the moment of the act."""


class Story:
    """Plays acts, one method per verb, and knows the entries begun so far by their story's key."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.people = {user.email: user for user in User.objects.all()}
        self.categories = {category.key: category for category in round.categories.all()}
        self.begun: dict[str, Submission] = {}

    def play(self, act: Act) -> None:
        if act.verb == "join":
            self._join(act)
            return
        by = self.people[act.by]
        if act.verb == "confirm":
            confirm_membership(Membership.objects.get(user=self.people[act.entry]), by=by)
        elif act.verb == "start":
            self.begun[act.entry] = entries.start(self.round, by=by)
        else:
            getattr(self, f"_{act.verb}")(Submission.objects.get(pk=self.begun[act.entry].pk), act, by)

    def _join(self, act: Act) -> None:
        self.people[act.by] = people.join(**act.what, email=act.by, at=act.at)

    def _save(self, entry: Submission, act: Act, by: User) -> None:
        early = BETWEEN_SECTIONS * (len(act.what) - 1)
        for place, (key, values) in enumerate(act.what.items()):
            clock.set_now(act.at - early + BETWEEN_SECTIONS * place)
            saved = entry.sections.filter(key=key).first()
            entries.save_section(
                entry, key, self._values(values), by=by, revision=saved.revision if saved else 0, sitting=""
            )

    def _values(self, values: Any) -> dict[str, Any]:
        if isinstance(values, str):
            return {"text": unwrapped(values)}
        if "category" in values:
            return {**values, "category": self.categories[values["category"]]}
        return {name: unwrapped(value) if isinstance(value, str) else value for name, value in values.items()}

    def _partners(self, entry: Submission, act: Act, by: User) -> None:
        for row in act.what:
            if "ags" in row:
                partners.add(entry, by=by, municipality=Municipality.objects.get(ags=row["ags"]))
            else:
                partners.add(entry, by=by, **row)

    def _file(self, entry: Submission, act: Act, by: User) -> None:
        row = act.what
        is_image = row["kind"] == Attachment.Kind.IMAGE
        content = _picture(row) if is_image else papers.sheet(row["title"], unwrapped(row["text"]))
        files.add(
            entry,
            BytesIO(content),
            name=row["name"],
            size=len(content),
            kind=row["kind"],
            alt=row.get("alt", ""),
            rights=row.get("rights", ""),
            by=by,
        )

    def _describe(self, entry: Submission, act: Act, by: User) -> None:
        attachment = entry.attachments.present().get(name=act.what["name"])
        files.describe(attachment, alt=act.what["alt"], rights=act.what["rights"], by=by)

    def _invite(self, entry: Submission, act: Act, by: User) -> None:
        editors.invite(entry, email=act.what["email"], role=act.what["role"], by=by)

    def _accept(self, entry: Submission, act: Act, by: User) -> None:
        editors.accept(entry.editors.get(email=by.email), by=by)

    def _submit(self, entry: Submission, act: Act, by: User) -> None:
        choice = act.what if isinstance(act.what, dict) else {"publication": True}
        handing_in.submit(entry, by=by, declarations=dict.fromkeys(handing_in.REQUIRED_DECLARATIONS, True) | choice)

    def _withdraw(self, entry: Submission, act: Act, by: User) -> None:
        handing_in.withdraw(entry, by=by, reason=act.what)


def _picture(row: dict[str, str]) -> bytes:
    return scenes.scene(row["motif"]) if "motif" in row else papers.gauge()
