"""The eight entries that are told act by act in data/demo_entries.toml."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from submissions.demo.acts import Act

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_entries.toml"


def acts() -> Iterator[Act]:
    data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for entry in data["entries"]:
        for row in entry["acts"]:
            rest = {name: value for name, value in row.items() if name not in {"at", "by"}}
            (verb, what), *more = rest.items()
            if more:
                raise ValueError(f"An act of {entry['owner']} at {row['at']} has more than one verb.")
            yield Act(row["at"], entry["owner"], row.get("by", entry["owner"]), verb, what)
