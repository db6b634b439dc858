"""What the demo's jury has done in each of its phases."""

from fractions import Fraction

from jury import standings
from jury.models import Assessment, Clearance, Decision, JuryEvent, Letter, Paper, Recusal, Seat, Session
from landespreis import clock
from submissions.models import Category, Round, Submission

Status = Assessment.Status
SEATS = ("landesbeauftragter", "staedtetag", "landkreistag", "gemeindebund", "bank")


def halfway() -> None:
    """About half is final and some is begun; one seat is nearly through, one has hardly begun; nothing is opened."""
    final = {key: _sheets(key, Status.FINAL) for key in SEATS}
    admitted = Submission.objects.admitted().count()
    assert min(final.values()) == final["bank"] <= 5
    assert max(final.values()) == final["gemeindebund"] >= 0.75 * admitted
    assert 0.4 * 5 * admitted < sum(final.values()) < 0.6 * 5 * admitted
    assert 10 <= Assessment.objects.filter(status=Status.DRAFT).count() <= 30
    assert not Session.objects.exists()
    _assert_believable()


def in_session() -> None:
    """Everything is final; one category is decided, the next is in Session, the others wait."""
    assert not Assessment.objects.filter(status=Status.DRAFT).exists()
    assert Assessment.objects.filter(status=Status.FINAL).count() == 5 * Submission.objects.admitted().count() - 3
    assert list(Category.objects.exclude(decided_at=None).values_list("key", flat=True)) == ["austausch"]
    assert list(Session.objects.filter(decision=None).values_list("category__key", flat=True)) == ["krisen"]
    _assert_narrow()
    _assert_believable()


def published() -> None:
    """Every category is decided, one of them without a prize; papers are made, letters out since the ceremony."""
    unprized = Decision.objects.filter(winner=None)
    embargo = Round.objects.get().embargo_until
    assert Decision.objects.exclude(locked_at=None).count() == Category.objects.count() == 6
    assert list(unprized.values_list("session__category__key", flat=True)) == ["shared-service"]
    assert not Paper.objects.owed().exists()
    assert Letter.objects.filter(released_at__gte=embargo).count() == Submission.objects.admitted().count()
    assert Letter.objects.filter(kind=Letter.Kind.WINNER).count() == 5
    for decision in Decision.objects.exclude(winner=None).select_related("session__category"):
        assert standings.whole(decision.session.category).rows[0].entry.pk == decision.winner_id
    _assert_narrow()
    _assert_believable()


def _assert_narrow() -> None:
    """Two entries are first in turn, depending on whom one leaves out, and two more are parted by Gewinn only."""
    board = standings.whole(Category.objects.get(key="krisen"))
    standing = [row.standing for row in board.rows]
    assert board.firmness.leader
    assert not board.firmness.firm
    assert board.firmness.margin == Fraction(1, 60)
    assert [row.tied for row in standing] == [False, False, True, True, False, False, False, False]
    assert [row.decided_by for row in standing[2:4]] == ["gewinn", "gewinn"]
    assert [row.n for row in standing] == [5, 4, 5, 5, 5, 5, 5, 5]


def _assert_believable() -> None:
    """Each juror declared before judging and keeps to their ways; recusals hold; nothing lies in the future."""
    judged = set(Assessment.objects.values_list("juror", "submission"))
    recused = Recusal.objects.standing().values_list("juror__seat", "submission")
    standing = set(Assessment.objects.standing().values_list("seat", "submission"))
    points = {seat.key: _mean(seat) for seat in Seat.objects.all()}
    assert judged <= set(Clearance.objects.values_list("juror", "submission"))
    assert not standing & set(recused)
    assert min(points, key=points.__getitem__) == "staedtetag"
    assert points["landkreistag"] > points["staedtetag"] + Fraction(1, 2)
    assert not JuryEvent.objects.filter(at__gt=clock.now()).exists()


def _mean(seat: Seat) -> Fraction:
    rows = Assessment.objects.filter(seat=seat, status=Status.FINAL).values_list("scores__points", flat=True)
    return Fraction(sum(rows), len(rows))


def _sheets(seat: str, status: str) -> int:
    return Assessment.objects.filter(seat__key=seat, status=status).count()


IN = {"jury": halfway, "session": in_session, "published": published}
"""Phase → what must hold in it."""
