"""The lookup `in` for whole numbers: one that no column of that size holds is the key of no row, instead of an error.

Keys come from forms, and Django's fields for several choices and the actions of its admin ask for them as they were
sent. SQLite's driver refuses what is longer than 64 bits; Django's own lookups see to that for single numbers only.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler


class InRange(In):
    def process_rhs(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        if self.rhs_is_direct_value():
            low, high = connection.ops.integer_field_range(self.lhs.output_field.get_internal_type())
            self.rhs = [number for number in self.rhs if not isinstance(number, int) or _fits(number, low, high)]
        return super().process_rhs(compiler, connection)


def _fits(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)
