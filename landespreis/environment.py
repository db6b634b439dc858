"""What the settings are read from: the environment, and for secrets also the files that it names."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "POSTGRES_PASSWORD",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "FILES_URL",
    "SMTP_URL",
    "METRICS_TOKEN",
    "SENTRY_DSN",
)
"""Settings that may stand in a file, because the environment of a process is easily seen: NAME_FILE is its path."""


def with_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with the content of every file that NAME_FILE names as NAME, without the last line's end.

    An empty file counts as nothing said, so a place for a secret may be there before the secret is. Raises
    ImproperlyConfigured when a file cannot be read, or when a secret stands in both places.
    """
    found = dict(environ)
    for name in SECRETS:
        file = environ.get(f"{name}_FILE", "")
        value = _content(name, file) if file else ""
        if value and environ.get(name):
            raise ImproperlyConfigured(
                f"{name} steht in der Umgebung und in der Datei, die {name}_FILE nennt ({file}). "
                "Welche gilt, ist nicht zu erkennen: Entfernen Sie eine der beiden."
            )
        if value:
            found[name] = value
    return found


def _content(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "kein Text in UTF-8"
        raise ImproperlyConfigured(
            f"{name}_FILE nennt {file}, und diese Datei lässt sich nicht lesen ({reason}). Legen Sie sie an und geben "
            "Sie dem Konto, unter dem das Portal läuft, das Recht, sie zu lesen."
        ) from error


def say_plainly() -> None:
    """Let a process that our settings keep from starting end with what to do, without the way there through the code.

    A service that tries again every two seconds buried that line in a hundred others each time.
    """
    usual = sys.excepthook

    def say(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if isinstance(error, ImproperlyConfigured) and _is_ours(traceback):
            sys.stderr.write(f"Das Portal startet nicht: {error}\n")
        else:
            usual(kind, error, traceback)

    sys.excepthook = say


def _is_ours(traceback: TracebackType | None) -> bool:
    """Whether it was raised in this package; what others raise is in English and does not say which setting it is."""
    where = ""
    while traceback:
        where, traceback = traceback.tb_frame.f_code.co_filename, traceback.tb_next
    return Path(where).is_relative_to(Path(__file__).parent)
