"""The operators' handbook names every setting there is, and none that is not."""

import re
from pathlib import Path

from django.conf import settings

from landespreis.environment import SECRETS

BASE = Path(settings.BASE_DIR)
READ = {
    "landespreis/settings.py": r'env\.\w+\(\s*"([A-Z_]+)"',
    "deploy/gunicorn.py": r'os\.environ\.get\("([A-Z_]+)"',
    "deploy/healthcheck.py": r'os\.environ\.get\("([A-Z_]+)"',
    "deploy/Caddyfile": r"\{\$([A-Z_]+)",
    "docker-compose.yml": r"\$\{([A-Z_]+)",
    "Procfile": r"\$\{([A-Z_]+)",
    "landespreis/worker.py": r'os\.environ\.get\("([A-Z_]+)"',
}
"""File → how a setting is read there."""


def test_handbook_has_a_line_for_every_setting() -> None:
    known = {name for file, pattern in READ.items() for name in re.findall(pattern, (BASE / file).read_text("utf-8"))}
    table = (BASE / "docs" / "betrieb.md").read_text("utf-8").split("## Einstellungen")[1]
    told = {name for line in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)}

    assert len(known) > 40
    assert told == known


def test_handbook_says_which_settings_may_stand_in_a_file() -> None:
    table = (BASE / "docs" / "betrieb.md").read_text("utf-8").split("## Einstellungen")[1]
    lines = re.findall(r"^\| `(\w+)` .*$", table, re.MULTILINE)
    marked = re.findall(r"^\| `(\w+)` .* auch aus einer Datei \|$", table, re.MULTILINE)

    assert set(marked) == set(SECRETS) & set(lines)
