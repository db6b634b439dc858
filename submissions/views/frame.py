"""What every page of an entry shows around its own content: the entry, its state, deadline and sections."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.models import User
from landespreis import clock, wording
from submissions import checks, difference, permissions, reading, workflow
from submissions import draft as drafts
from submissions.forms.text import count_line
from submissions.models import Submission
from submissions.models.entry import SubmissionQuerySet
from submissions.sections import SectionSpec


class SignedIn(HttpRequest):
    """A request behind `login_required`."""

    user: User


@dataclass(frozen=True)
class SectionLink:
    """A line of the task list and of the sections' navigation.

    `status` is empty, begun, done or changed (since the version that counts); `label` says it in German.
    """

    spec: SectionSpec
    url: str
    status: str
    label: str
    note: str
    current: bool
    differs: bool
    """Whether the draft of the section differs from the version that counts, complete or not."""


@dataclass(frozen=True)
class Frame:
    """What the templates of an entry's pages get as `frame`."""

    entry: Submission
    draft: drafts.Draft
    now: datetime
    open: bool
    may_edit: bool
    may_submit: bool
    may_hand_over: bool
    problems: list[checks.Problem]
    sections: list[SectionLink]

    @property
    def writable(self) -> bool:
        """Whether this person can change something now."""
        return self.open and self.may_edit

    @property
    def state(self) -> str:
        """The class of the state block: draft, submitted, withdrawn."""
        return self.entry.status

    @property
    def look(self) -> str:
        """The class of the state block: as `state`, but what is excluded looks like what is withdrawn."""
        return Submission.Status.WITHDRAWN if self.is_excluded else self.state

    @property
    def line_kind(self) -> str:
        """The class of the one-line state: as `look`, or changed when a submitted entry's draft differs."""
        return "changed" if self.look == Submission.Status.SUBMITTED and self.changed else self.look

    @property
    def is_excluded(self) -> bool:
        return self._is_checked(Submission.Check.EXCLUDED)

    @property
    def is_returned(self) -> bool:
        return self._is_checked(Submission.Check.RETURNED)

    def _is_checked(self, check: Submission.Check) -> bool:
        return self.entry.status == Submission.Status.SUBMITTED and self.entry.formal_check == check

    @property
    def may_ask_to_withdraw(self) -> bool:
        """Whether the office can still withdraw a submitted entry that its people cannot withdraw themselves now."""
        over = self.open or self.now >= self.entry.round.embargo_until
        return self.state == Submission.Status.SUBMITTED and not self.is_excluded and not over

    @property
    def outlook(self) -> str:
        """What becomes of the version that was submitted last; nothing of an admission, which may not be told yet."""
        if self.is_excluded:
            return "Diese Version geht nicht an die Jury."
        if self.is_returned and self.open:
            return "Diese Version zählt, bis Sie die korrigierte einreichen."
        if self.is_returned:
            return "Die Frist zur Korrektur ist abgelaufen; die Geschäftsstelle entscheidet jetzt über diese Version."
        if self.open:
            return "Diese Version geht nach der formalen Prüfung an die Jury, solange Sie keine neue einreichen."
        return "Diese Version geht nach der formalen Prüfung an die Jury."

    @property
    def state_text(self) -> str:
        version = self.entry.current
        if version is None:
            return "Entwurf – noch nicht eingereicht" if self.open else "Entwurf – nicht eingereicht"
        if self.entry.status == Submission.Status.WITHDRAWN:
            return "Zurückgezogen – nimmt nicht mehr teil"
        if self.entry.formal_check == Submission.Check.EXCLUDED:
            return "Ausgeschlossen – nimmt nicht mehr teil"
        if self.entry.formal_check == Submission.Check.RETURNED and self.open:
            return "Eingereicht – bitte korrigieren und noch einmal einreichen"
        return f"Eingereicht – Version {version.number} gilt"

    @property
    def remaining(self) -> str:
        """«13 Tage, 9 Stunden», or empty once the deadline has passed."""
        return wording.remaining(self.entry.deadline - self.now)

    @property
    def changed(self) -> list[SectionLink]:
        return [section for section in self.sections if section.differs]

    @property
    def done_count(self) -> int:
        return sum(section.status in {"done", "changed"} for section in self.sections)

    @property
    def position(self) -> int:
        """The 1-based place of the current section, 0 on other pages."""
        return next((place for place, section in enumerate(self.sections, start=1) if section.current), 0)

    @property
    def previous(self) -> SectionLink | None:
        return self.sections[self.position - 2] if self.position > 1 else None

    @property
    def next(self) -> SectionLink | None:
        return self.sections[self.position] if 0 < self.position < len(self.sections) else None


def find(user: User, pk: uuid.UUID, *, among: SubmissionQuerySet | None = None) -> Submission:
    """Return the entry with what the pages read. Raises Http404 for what the person may not see.

    `among` names the entries they may see, by default their own: those of `visible_to`, told from the colleagues that
    are read anyway.
    """
    entry = reading.entry(pk) if among is None or among.filter(pk=pk).exists() else None
    if entry is None or (among is None and not permissions.may_read(user, entry)):
        raise Http404("Diese Einreichung gibt es nicht, oder Sie wirken nicht an ihr mit.")
    return entry


def build(user: User, entry: Submission, current: str = "") -> Frame:
    """Load the frame of `entry`, in four queries whatever it holds; `current` is the key of the page's section."""
    draft = drafts.load(entry)
    now = clock.now()
    problems = checks.problems(draft, now)
    changed = difference.changed_sections(draft, entry.current)
    return Frame(
        entry=entry,
        draft=draft,
        now=now,
        open=workflow.is_open(entry, now),
        may_edit=permissions.may_edit(user, entry),
        may_submit=permissions.may_submit(user, entry),
        may_hand_over=permissions.may_hand_over(user, entry),
        problems=problems,
        sections=[_link(draft, spec, problems, changed, current) for spec in draft.sections],
    )


def context(user: User, entry: Submission, current: str = "", **more: Any) -> dict[str, Any]:
    """Return the template context of an entry's page: `frame`, `entry` and what the page adds."""
    frame = build(user, entry, current)
    return {"frame": frame, "entry": entry, **more}


def _link(
    draft: drafts.Draft, spec: SectionSpec, problems: list[checks.Problem], changed: set[str], current: str
) -> SectionLink:
    progress = checks.progress(draft, spec, problems)
    is_changed = spec.key in changed and progress == checks.Progress.DONE
    return SectionLink(
        spec=spec,
        url=section_url(draft.entry, spec.key),
        status="changed" if is_changed else progress.value,
        label="geändert" if is_changed else progress.label,
        note=_note(draft, spec, problems, spec.key in changed),
        current=spec.key == current,
        differs=spec.key in changed,
    )


def section_url(entry: Submission, key: str) -> str:
    names = {"partner": "submissions:partners", "dateien": "submissions:files", "pruefen": "submissions:check"}
    if key in names:
        return reverse(names[key], args=[entry.pk])
    return reverse("submissions:section", args=[entry.pk, key])


def _note(draft: drafts.Draft, spec: SectionSpec, problems: list[checks.Problem], changed: bool) -> str:
    parts = [_amount(draft, spec)]
    missing = sum(problem.section == spec.key for problem in problems)
    if spec.key in {"rechtsform", "dateien"} and parts[0] and missing:
        parts.append("eine Angabe fehlt" if missing == 1 else f"{wording.counted(missing)} Angaben fehlen")
    if changed and draft.entry.current:
        parts.append(f"seit Version {draft.entry.current.number} geändert")
    return ", ".join(part for part in parts if part)


def _amount(draft: drafts.Draft, spec: SectionSpec) -> str:
    if spec.question or spec.key == "kurzbeschreibung":
        text = draft.answers.get(spec.key, "") if spec.question else draft.entry.abstract
        limit = spec.question.max_characters if spec.question else draft.entry.round.max_abstract
        return count_line(text, limit) if text else _optional(spec)
    if spec.key == "partner":
        return {0: "", 1: "1 Partner"}.get(len(draft.partners), f"{len(draft.partners)} Partner")
    if spec.key == "dateien":
        nothing = "" if draft.entry.round.proof_required else "freiwillig"
        return {0: nothing, 1: "1 Datei"}.get(len(draft.files), f"{len(draft.files)} Dateien")
    return draft.entry.get_legal_form_display() if spec.key == "rechtsform" else ""


def _optional(spec: SectionSpec) -> str:
    return "freiwillig" if spec.question and not spec.question.required else ""
