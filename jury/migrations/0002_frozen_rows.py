"""Triggers that hold, even against a shell, what must not change once it was relied on.

Journal lines never change; criteria and scale not from the first final assessment of the round on; points stay inside
the scale; assessments, points and the decision not once the decision is locked.
"""

from collections.abc import Collection

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SCORED = (
    "EXISTS (SELECT 1 FROM jury_assessment a JOIN submissions_submission s ON s.id = a.submission_id "
    "WHERE a.first_finalised_at IS NOT NULL AND s.round_id = {round})"
)
DECIDED = (
    "EXISTS (SELECT 1 FROM submissions_submission s JOIN submissions_category c ON c.id = s.submitted_category_id "
    "WHERE s.id = {submission} AND c.decided_at IS NOT NULL)"
)
DECIDED_SHEET = (
    "EXISTS (SELECT 1 FROM jury_assessment a JOIN submissions_submission s ON s.id = a.submission_id "
    "JOIN submissions_category c ON c.id = s.submitted_category_id "
    "WHERE a.id = NEW.assessment_id AND c.decided_at IS NOT NULL)"
)
OUTSIDE = (
    "NEW.points IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jury_assessment a "
    "JOIN submissions_submission s ON s.id = a.submission_id JOIN submissions_round r ON r.id = s.round_id "
    "WHERE a.id = NEW.assessment_id AND NEW.points BETWEEN r.scale_min AND r.scale_max)"
)
CRITERION = ("key", "title", "explanation", "weight", "tie_break", "position")


def changed(*columns: str) -> str:
    return "(" + " OR ".join(f"OLD.{column} {{differs}} NEW.{column}" for column in columns) + ")"


TRIGGERS = (
    # name, event, table, condition (empty: always), message
    ("journal", "UPDATE", "jury_juryevent", "", "lines of the journal never change"),
    ("criterion_changed", "UPDATE", "submissions_criterion",
     f"{changed(*CRITERION)} AND {SCORED.format(round='NEW.round_id')}", "criteria are frozen"),
    ("criterion_added", "INSERT", "submissions_criterion", SCORED.format(round="NEW.round_id"), "criteria are frozen"),
    ("scale", "UPDATE", "submissions_round",
     f"{changed('scale_min', 'scale_max')} AND {SCORED.format(round='NEW.id')}", "the scale is frozen"),
    ("points_added", "INSERT", "jury_score", OUTSIDE, "points outside the scale"),
    ("points_changed", "UPDATE", "jury_score", OUTSIDE, "points outside the scale"),
    ("decided_points_added", "INSERT", "jury_score", DECIDED_SHEET, "the category is decided"),
    ("decided_points_changed", "UPDATE", "jury_score", DECIDED_SHEET, "the category is decided"),
    ("decided_sheet_added", "INSERT", "jury_assessment", DECIDED.format(submission="NEW.submission_id"),
     "the category is decided"),
    ("decided_sheet_changed", "UPDATE", "jury_assessment", DECIDED.format(submission="NEW.submission_id"),
     "the category is decided"),
    ("decision_locked", "UPDATE", "jury_decision", "OLD.locked_at IS NOT NULL", "the decision is locked"),
)  # fmt: skip


def freeze(apps: StateApps, editor: BaseDatabaseSchemaEditor, without: Collection[str] = ()) -> None:
    """Create the triggers, `without` those that are there. SQLite drops them where a migration builds a table anew."""
    postgresql = editor.connection.vendor == "postgresql"
    for name, event, table, rule, message in TRIGGERS:
        if f"jury_{name}" in without:
            continue
        condition = rule.format(differs="IS DISTINCT FROM" if postgresql else "IS NOT") or "TRUE"
        if postgresql:
            editor.execute(
                f"CREATE FUNCTION jury_{name}() RETURNS trigger AS $$ BEGIN IF {condition} "
                f"THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                "RETURN NEW; END $$ LANGUAGE plpgsql",
                params=None,
            )
            editor.execute(
                f"CREATE TRIGGER jury_{name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION jury_{name}()"
            )
        else:
            editor.execute(
                f"CREATE TRIGGER jury_{name} BEFORE {event} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                params=None,
            )


def thaw(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name, _, table, _, _ in TRIGGERS:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER jury_{name} ON {table}")
            editor.execute(f"DROP FUNCTION jury_{name}()")
        else:
            editor.execute(f"DROP TRIGGER jury_{name}")


class Migration(migrations.Migration):
    dependencies = [
        ("jury", "0001_seats_scores_sessions"),
        ("submissions", "0006_round_stamp"),  # adding a column, SQLite builds the table anew and loses its triggers
    ]

    operations = [migrations.RunPython(freeze, thaw)]
