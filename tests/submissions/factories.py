"""Entries for tests, all invented: a bare draft, a complete one, a submitted one."""

from datetime import date
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from factory.django import DjangoModelFactory

from accounts.models import User
from landespreis import clock
from submissions.actions import handing_in
from submissions.models import Answer, Attachment, Editor, Partner, Question, Round, Submission, Version
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, UserFactory

DECLARED = {"conditions": True, "correctness": True, "bodies": True, "privacy": True, "publication": False}
PDF = b"%PDF-1.4 invented"


class SubmissionFactory(DjangoModelFactory[Submission]):
    """A draft of an owner who works for the lead municipality; give it `round`."""

    class Meta:
        model = Submission
        skip_postgeneration_save = True

    lead = factory.SubFactory(MunicipalityFactory)
    owner = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(clock.now)

    class Params:
        complete = factory.Trait(
            title="PegelVerbund Hellweg",
            category=factory.LazyAttribute(lambda entry: entry.round.categories.get(key="krisen")),
            department="Fachbereich Feuerwehr",
            contact_name="Meike Brandhorst",
            contact_email="meike.brandhorst@soest.example",
            contact_phone="02921 0000",
            legal_form=Submission.LegalForm.AGREEMENT,
            agreed_on=date(2023, 3, 14),
            state=Submission.State.RUNNING,
            state_since=date(2023, 5, 1),
            abstract="Fünf Kommunen warnen gemeinsam vor Starkregen.",
        )

    @factory.post_generation
    def membership(self: Submission, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if create and extracted is not False and self.lead:
            MembershipFactory(user=self.owner, municipality=self.lead)


def draft(round: Round, **fields: Any) -> Submission:
    """Return an empty draft of a new owner."""
    entry: Submission = SubmissionFactory(round=round, **fields)
    return entry


def complete(round: Round, **fields: Any) -> Submission:
    """Return a draft that lacks nothing, with one partner and an answer to every question."""
    entry: Submission = SubmissionFactory(round=round, complete=True, **fields)
    Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
    Answer.objects.bulk_create(
        Answer(submission=entry, question=question, text=f"Text zu {question.title}.")
        for question in Question.objects.filter(round=round)
    )
    return entry


def submitted(round: Round, **fields: Any) -> Submission:
    """Return an entry with one version, submitted by its owner at the current clock."""
    entry = complete(round, **fields)
    submit(entry)
    return Submission.objects.get(pk=entry.pk)


def submit(entry: Submission, *, by: User | None = None, **declared: bool) -> Version:
    """Submit `entry` as its owner, or as `by`."""
    return handing_in.submit(entry, by=by or entry.owner, declarations=DECLARED | declared)


def editor(entry: Submission, role: str, **fields: Any) -> User:
    """Add a colleague with `role` who accepted, and return the person."""
    user: User = UserFactory(**fields)
    Editor.objects.create(
        submission=entry,
        user=user,
        email=user.email,
        role=role,
        invited_by=entry.owner,
        invited_at=clock.now(),
        accepted_at=clock.now(),
    )
    return user


def attachment(entry: Submission, **fields: Any) -> Attachment:
    """Add a file to `entry`; its bytes are not a real PDF, only examined uploads are."""
    values = {"kind": Attachment.Kind.ANNEX, "name": "anlage.pdf", "mimetype": "application/pdf"} | fields
    file = Attachment(
        submission=entry,
        size=len(PDF),
        sha256="0" * 64,
        uploaded_at=clock.now(),
        uploaded_by=entry.owner,
        **{"scan": Attachment.Scan.CLEAN} | values,
    )
    file.file.name = default_storage.save(f"einreichungen/{entry.pk}/{file.pk}.pdf", ContentFile(PDF))
    file.save()
    return file
