"""`manage.py index_search`: the search written anew from everything there is; repeating it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.actions import indexing
from portal.models import Document


class Command(BaseCommand):
    help = "Baut die Suche neu auf: nach einem Einspielen von Daten, oder wenn Rubriken und Themen umbenannt wurden."

    def handle(self, *args: Any, **options: Any) -> None:
        written = indexing.rebuild()
        meta = Document._meta
        told = ", ".join(
            f"{meta.get_field(kind).related_model._meta.verbose_name_plural} {number}"  # type: ignore[union-attr]
            for kind, number in written.items()
        )
        self.stdout.write(f"Suche neu aufgebaut: {told}.")
