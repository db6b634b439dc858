"""Pages of long lists in the admin."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class KeysFirst(Paginator[Any]):
    """Looks up which rows a page has before it reads them.

    In one statement the database would join, widen and sort all rows up to the last of the page, so that the last page
    costs as much as the whole list.
    """

    object_list: "QuerySet[Any]"

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = list(self.object_list.values_list("pk", flat=True)[first : first + self.per_page])
        return Page(self.object_list.filter(pk__in=keys), number, self)
