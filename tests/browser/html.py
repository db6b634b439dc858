"""The HTML a walk was served, and what the Nu HTML checker says about it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

VNU = Path(settings.NODE_MODULES) / "vnu-jar" / "build" / "dist" / "vnu.jar"
FILTERED = {
    # Django's own admin, which we style but do not write:
    "/admin/": [
        r"A table row was 2 columns wide, which is less than",  # the lists of models in its side bar
    ],
}
"""Path prefix → messages that are not ours, each with its reason."""

TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+')
"""What differs in pages that are the same."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Recorder:
    """A WSGI application around the portal that puts every whole HTML page it answers into `pages`, once."""

    def __init__(self, application: Application, pages: dict[bytes, str]) -> None:
        self.application = application
        self.pages = pages

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        kinds: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kinds.extend(value for name, value in headers if name.lower() == "content-type")
            return start_response(status, headers, *rest)

        answer = self.application(environ, start)
        if not any(kind.startswith("text/html") for kind in kinds):
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if body[:15].lower() == b"<!doctype html>":
            self.pages.setdefault(TOKEN.sub(b"", body), f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return [body]


def complaints(pages: dict[bytes, str], folder: Path) -> list[str]:
    """Return the errors and warnings of the Nu HTML checker about pages (content → where it was met).

    `folder` is an empty one for the pages.
    """
    java = shutil.which("java")
    assert java, "The Nu HTML checker needs Java."
    names = {}
    for number, (content, where) in enumerate(pages.items()):
        file = folder / f"{number:03}.html"
        file.write_bytes(content)
        names[file.name] = where
    lean = ["-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = [java, *lean, "-jar", str(VNU), "--stdout", "--exit-zero-always", "--format", "json", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180)
    found = set()
    for message in json.loads(run.stdout)["messages"]:
        where = names[Path(urlsplit(message["url"]).path).name]
        if message["type"] == "info" and message.get("subType") != "warning":
            continue
        if not _is_filtered(where.split()[1], message["message"]):
            found.add(f"{where}: {message['message']} – {message.get('extract', '').strip()!r}")
    return sorted(found)


def _is_filtered(path: str, message: str) -> bool:
    return any(
        path.startswith(prefix) and re.search(pattern, message)
        for prefix, patterns in FILTERED.items()
        for pattern in patterns
    )
