"""What the address of a list may ask it for: its own filters, and what links of ours add to them."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ListFilter, ModelAdmin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

FORMS = ("", "__exact", "__in", "__isnull", "__isempty", "__gte", "__lt")
"""How Django's filters ask for a column."""
PARTS = ("__year", "__month", "__day")
"""How Django's line of dates asks."""


class Filtered(ModelAdmin[Any]):
    """Takes no filter that its list does not offer.

    Django takes one for every column of the table, shown or not: who sees the list could ask for mails, drafts and
    hashed passwords letter by letter. `linked` names the keys by which other pages lead to the list.
    """

    linked: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What is no column at all Django answers with the whole list."""
        if self._is_stored(lookup, request) and lookup not in self._offered(request):
            return False
        return super().lookup_allowed(lookup, value, request)

    def _is_stored(self, lookup: str, request: HttpRequest) -> bool:
        name = lookup.partition(LOOKUP_SEP)[0]
        try:
            self.opts.get_field(name)
        except FieldDoesNotExist:
            return name == "pk" or name in self.get_queryset(request).query.annotations
        return True

    def _offered(self, request: HttpRequest) -> set[str]:
        dated = [f"{self.date_hierarchy}{part}" for part in PARTS] if self.date_hierarchy else []
        return {*self._of_filters(request), *dated, *(f"{path}__id__exact" for path in self.linked)}

    def _of_filters(self, request: HttpRequest) -> Iterator[str]:
        for one in self.get_list_filter(request):
            if isinstance(one, type) and issubclass(one, ListFilter):
                yield str(getattr(one, "parameter_name", ""))
                continue
            path = str(one[0] if isinstance(one, tuple | list) else one)
            yield from (path + form for form in FORMS)
            target = getattr(get_fields_from_path(self.model, path)[-1], "target_field", None)
            if target is not None:
                yield f"{path}__{target.name}__exact"
