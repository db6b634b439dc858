"""Reads and writes composed once: the same rows as Django's own, on both databases."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, models, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Municipality, User
from landespreis import clock
from landespreis.composed import SAMPLE, Part, Question, fetched, text
from landespreis.composed_rows import Read, insert, update
from submissions.models import Round, Submission
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, UserFactory
from tests.submissions import factories

TOWNS = Read(Municipality, ["id", "ags", "name"], by="ags", order="name DESC")


def values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_of_the_asked_keys_in_their_order(db: None) -> None:
    one, _, other = (MunicipalityFactory() for _ in range(3))

    found = TOWNS.rows([one.ags, other.ags, "99999999"])

    assert found == sorted([one, other], key=lambda town: town.name, reverse=True)
    assert TOWNS.rows([]) == []
    assert TOWNS.one("99999999") is None


def test_what_was_not_read_is_loaded_when_asked_for(db: None) -> None:
    town = MunicipalityFactory()
    found = TOWNS.one(town.ags)
    assert found is not None

    with CaptureQueriesContext(connection) as queries:
        read = (found.pk, found.ags, found.name)
        assert len(queries) == 0
        assert found.region == town.region

    assert (read, len(queries)) == ((town.pk, town.ags, town.name), 1)


def test_joined_rows_have_their_types_and_stay_empty_where_the_key_points_nowhere(db: None) -> None:
    office, waiting = UserFactory(is_staff=True), MembershipFactory()
    decided = MembershipFactory(status="confirmed", decided_by=office, decided_at=clock.now())
    read = Read(Membership, joins={"decided_by": ["name", "is_staff"], "municipality": ["latitude"]}, order="id")

    first, second = read.rows([waiting.pk, decided.pk])

    assert (values(first), values(second)) == (values(waiting), values(Membership.objects.get(pk=decided.pk)))
    assert (first.decided_by, second.decided_by) == (None, office)
    assert second.decided_by.is_staff is True
    assert first.municipality.latitude == waiting.municipality.latitude


def test_values_made_into_objects_are_those_of_rows(db: None) -> None:
    office = UserFactory(is_staff=True)
    decided = MembershipFactory(status="confirmed", decided_by=office, decided_at=clock.now())
    read = Read(Membership, joins={"decided_by": ["name", "is_staff"], "municipality": ["latitude"]})

    (made,) = map(read.made, read.values([decided.pk]))

    assert values(made) == values(Membership.objects.get(pk=decided.pk))
    assert made.decided_by is not None
    assert (made.decided_by.name, made.decided_by.is_staff) == (office.name, True)
    assert made.municipality.latitude == decided.municipality.latitude
    assert read.values([]) == []


SINCE = Question(
    lambda now, status: (
        Membership.objects.filter(status=status, decided_at__lte=now, decided_by__name__contains="%")
        .select_related("municipality")
        .annotate(number=models.Value(7))
    ),
    SAMPLE,
    "sample",
)


def test_question_is_composed_once_and_answered_for_each_argument(db: None) -> None:
    office, now = UserFactory(is_staff=True, name="100 % da"), clock.now()
    old, new, gone = (
        MembershipFactory(status=status, decided_by=office, decided_at=now - timedelta(days=days))
        for status, days in (("confirmed", 2), ("confirmed", 0), ("refused", 2))
    )

    found = [
        SINCE.objects(*given)
        for given in ((now, "confirmed"), (now - timedelta(days=1), "confirmed"), (now, "refused"))
    ]

    assert [sorted(row.pk for row in rows) for rows in found] == [[old.pk, new.pk], [old.pk], [gone.pk]]
    assert values(found[2][0]) == values(Membership.objects.get(pk=gone.pk))
    assert found[2][0].number == 7
    with CaptureQueriesContext(connection) as queries:
        assert found[2][0].municipality == gone.municipality
    assert len(queries) == 0


def test_question_returns_values_in_their_types(db: None) -> None:
    decided = MembershipFactory(status="confirmed", decided_by=UserFactory(is_staff=True), decided_at=clock.now())
    question = Question(
        lambda now: Membership.objects.filter(decided_at__lte=now).values_list("decided_at", "decided_by__is_staff"),
        SAMPLE,
    )

    assert question.rows(clock.now()) == [(decided.decided_at, True)]


def test_question_without_its_sample_is_a_mistake(db: None) -> None:
    with pytest.raises(ValueError, match="does not contain"):
        Question(lambda now: Membership.objects.all(), SAMPLE).objects(clock.now())


def test_fetched_queries_are_counted_where_somebody_counts(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        fetched("SELECT 1 WHERE 1 = %s", [1])

    assert len(queries) == 1
    assert fetched("SELECT 1 WHERE 1 = %s", [1]) == [(1,)]


def test_errors_of_fetched_queries_are_those_of_django(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        fetched("SELECT 1 FROM nowhere")


@pytest.mark.django_db(transaction=True)
@pytest.mark.django_db(transaction=True)
def test_text_is_the_one_value_and_counted_like_all_queries() -> None:
    own = connections["default"]
    alone = text("SELECT 'grün'", own)
    with CaptureQueriesContext(own) as asked:
        watched = text("SELECT 'grün'", own)
    with transaction.atomic():
        within = text("SELECT 'grün'", own)

    assert alone == watched == within == "grün"
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_errors_of_text_are_those_of_django() -> None:
    with pytest.raises(DatabaseError, match="nowhere"):
        text("SELECT 1 FROM nowhere", connections["default"])


@pytest.mark.django_db(transaction=True)
def test_lock_needs_a_transaction() -> None:
    user, read = UserFactory(), Read(User, ["id"], lock=True)

    with pytest.raises(TransactionManagementError):
        read.one(user.pk)


@pytest.mark.django_db(transaction=True)
def test_lock_lets_another_wait() -> None:
    user, order = UserFactory(), []

    def other() -> None:
        with transaction.atomic():
            Read(User, ["id"], lock=True).one(user.pk)
            order.append("second")
        connection.close()

    with transaction.atomic():
        Read(User, ["id"], lock=True).one(user.pk)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(10)

    assert order == ["first", "second"]


def test_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="User has no password_hint"):
        Read(User, ["id", "password_hint"])._select  # noqa: B018 - reading it is what fails


def test_insert_writes_what_save_writes(db: None) -> None:
    at = clock.now()
    users = [User(email=f"neu{number}@soest.example", name="Neu", joined_at=at) for number in range(3)]

    with CaptureQueriesContext(connection) as queries:
        insert(users)
        insert([])

    assert len(queries) == 1
    assert [values(user) for user in users] == [values(User.objects.get(email=user.email)) for user in users]
    assert [user._state.adding for user in users] == [False] * 3


def test_insert_breaks_constraints_as_django_tells_them(db: None) -> None:
    user = UserFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        insert([User(email=user.email, name="Doppelt")])


def test_update_writes_the_named_fields_of_that_row_only(db: None) -> None:
    membership, other = MembershipFactory(), MembershipFactory()
    town = MunicipalityFactory()
    membership.municipality, membership.department, membership.status = town, "Bauamt", "refused"

    update(membership, "municipality", "department")

    fresh = Membership.objects.get(pk=membership.pk)
    assert (fresh.municipality, fresh.department, fresh.status) == (town, "Bauamt", "pending")
    assert values(Membership.objects.get(pk=other.pk)) == values(other)


def test_columns_may_be_named_in_any_order_and_have_their_types(open_round: Round) -> None:
    entry = factories.draft(open_round)
    joins = {"round": ["stamp", "key"], "owner": ["is_active", "name", "email"]}

    found = Read(Submission, ["owner_id", "title", "round_id", "id"], joins=joins).one(entry.pk)

    assert found is not None
    expected = Submission.objects.get(pk=entry.pk)
    for row, fresh in ((found, expected), (found.round, expected.round), (found.owner, expected.owner)):
        names = [field.attname for field in row._meta.concrete_fields if field.attname not in row.get_deferred_fields()]
        read = [getattr(row, name) for name in names]
        assert read == [getattr(fresh, name) for name in names]
        assert [type(value) for value in read] == [type(getattr(fresh, name)) for name in names]


@pytest.mark.postgresql  # SQLite plans in no time
@pytest.mark.django_db
def test_plan_of_what_is_asked_again_is_kept() -> None:
    answers = [fetched("SELECT %s + 1", [number]) for number in (1, 2, 3, 4)]

    statements = fetched("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%+ 1"])
    assert answers == [[(number + 1,)] for number in (1, 2, 3, 4)]
    assert statements == [(1,)]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_each_text_that_is_written_out_has_a_plan_of_its_own() -> None:
    parts = [Part("SELECT %s || CAST(%s AS TEXT)", (text, 1)) for text in ("100 %", "it's")]

    written = [part.written_out() for part in parts]

    assert [part.params for part in written] == [(1,), (1,)]
    assert [[fetched(part.sql, part.params) for _ in range(4)] for part in written] == [
        [[("100 %1",)]] * 4,
        [[("it's1",)]] * 4,
    ]
    statements = fetched("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%|| CAST%"])
    assert statements == [(2,)]
