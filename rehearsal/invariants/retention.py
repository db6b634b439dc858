"""What was segregated is gone, with its files; what must stay is as it was, and the figures say how much went."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from jury.models import Assessment, Letter, Recusal, Score
from landespreis.models import RetentionFigures, RetentionRun
from rehearsal.acts import keeping
from rehearsal.invariants import Check, Finding, compare, none
from rehearsal.ledger import SEGREGATED
from rehearsal.stage import Stage
from submissions.models import Answer, Attachment, Editor, Partner, Receipt, Submission, Version

EXCERPT = 0
"""The version that stays: what is public or statistical."""
FOLDERS = ("einreichungen", "bestaetigungen")
TEXTS = ("abstract", "contact_name", "contact_email", "contact_phone", "department", "website")


def gone(stage: Stage) -> Iterator[Finding]:
    """No row and no text of an entry is left beside its excerpt; drafts have left nothing."""
    kinds = [line.about for line in stage.ledger.told(SEGREGATED)]
    yield compare("Aussonderungen vollzogen", sorted(kinds), sorted({*kinds, "entries"}))
    left = {
        "Versionen": Version.objects.filter(submission__round=stage.round).exclude(number=EXCERPT),
        "Entwürfe": Submission.objects.filter(round=stage.round, number=None),
        "Dateien": Attachment.objects.filter(submission__round=stage.round),
        "Antworten": Answer.objects.filter(submission__round=stage.round),
        "Partner": Partner.objects.filter(submission__round=stage.round),
        "Mitwirkende": Editor.objects.filter(submission__round=stage.round),
        "Bestätigungen": Receipt.objects.filter(version__submission__round=stage.round),
        "Bewertungen": Assessment.objects.filter(submission__round=stage.round),
        "Punkte": Score.objects.filter(assessment__submission__round=stage.round),
        "Befangenheiten": Recusal.objects.filter(submission__round=stage.round),
        "Briefe": Letter.objects.filter(submission__round=stage.round),
    }
    still = [f"{name}: {rows.count()}" for name, rows in left.items() if rows.exists()]
    yield none("Ausgesondertes ist gelöscht", still, len(left))
    rows = Submission.objects.filter(round=stage.round, number__isnull=False).values_list("number", *TEXTS)
    yield none("Texte und Personen der Beiträge sind gelöscht", [row[0] for row in rows if any(row[1:])], len(rows))


def files(stage: Stage) -> Iterator[Finding]:
    """No file of an entry, and no receipt, lies in the storage any more."""
    storage = stage.installation.var / "files"
    paths = [path for folder in FOLDERS for path in (storage / folder).rglob("*")]
    found = [path.relative_to(storage).as_posix() for path in paths if path.is_file()]
    yield none("Dateien der Beiträge sind gelöscht", found, stage.props["files_before"])


def stays(stage: Stage) -> Iterator[Finding]:
    """Number, title, lead, category, state and check of every entry; the figures of the run count the same entries."""
    before: dict[str, object] = stage.props["before_years"]
    after = keeping.figures(stage)
    differ = sorted(number for number in before.keys() | after.keys() if before.get(number) != after.get(number))
    yield none("Öffentliche Angaben der Beiträge bleiben", differ, len(before))
    rows = RetentionFigures.objects.filter(run__kind="entries", run__status=RetentionRun.Status.DONE)
    counted = sum(row.figures.get("entries", 0) for row in rows)
    yield compare("Statistik zählt alle Beiträge", counted, len(before))


def handed_out(stage: Stage) -> Iterator[Finding]:
    """The package has the checksum that was noted; the disclosure names its person."""
    made, noted = stage.props["package"]
    yield compare("Archivpaket mit notierter Prüfsumme", made, noted)
    email, disclosed = stage.props["disclosed"]
    with ZipFile(BytesIO(disclosed)) as file:
        names = email.encode() in b"".join(file.read(name) for name in file.namelist())
    yield compare("Auskunft nennt die Person", names, True)


LATER: tuple[Check, ...] = (gone, files, stays, handed_out)
