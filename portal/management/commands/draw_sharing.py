"""`manage.py draw_sharing`: draw the picture anew that others show beside a link; the result is committed."""

from typing import Any

from django.core.management.base import BaseCommand

from landespreis import wording
from portal import sharing


class Command(BaseCommand):
    help = "Zeichnet das Bild neu, das andere neben einem Link auf das Portal zeigen."

    def handle(self, *args: Any, **options: Any) -> None:
        size = sharing.SHIPPED.write_bytes(sharing.draw())
        self.stdout.write(f"{sharing.NAME}: {wording.filesize(size)}")
