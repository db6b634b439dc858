"""A bucket of the rehearsal's own: speaks of S3 what the portal uses, and can be slow, full, hang or drop connections.

What is stored lies as files in a folder. Whoever names the key is believed: the port is this machine's own.
"""

import hashlib
import re
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4
from xml.sax.saxutils import escape

KEY, SECRET, NAME = "generalprobe", "generalprobe-geheim", "ablage"
MOST = 1000
"""How many files one page of a listing has, as S3 has it."""
Refusal = tuple[int, str]
BUSY: Refusal = (503, "SlowDown")
FULL: Refusal = (507, "QuotaExceeded")
NO_KEY: Refusal = (404, "NoSuchKey")
FOREIGN: Refusal = (403, "AccessDenied")
UNKNOWN: Refusal = (501, "NotImplemented")


class Bucket:
    """A server on a port that stays the same, also while it is closed."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.seconds = 0.0
        """How long whoever asks waits for the answer."""
        self.busy = False
        """Whether it tells everybody to come back later."""
        self.full = False
        """Whether it takes no more files, and still gives and deletes those it has."""
        self.drops = False
        """Whether it hangs up on whoever asks."""
        self.waits = threading.Event()
        """Cleared while whoever asks is kept waiting; what they asked for is done when the waiting ends."""
        self.waits.set()
        self.asked = 0
        self.parts: dict[str, dict[int, bytes]] = {}
        """Of uploads in several parts."""
        self._server: ThreadingHTTPServer | None = None
        self.connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"s3://{KEY}:{SECRET}@127.0.0.1:{self.port}/{NAME}?secure=0"

    def open(self) -> None:
        class Bound(Conversation):
            bucket = self

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self._server = Server(("127.0.0.1", self.port), Bound)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Take no connections any more and end those there are."""
        self.waits.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def keep(self, key: str, content: bytes) -> None:
        """Store a file, whole or not at all."""
        path, part = self.folder / key, self.folder.parent / f"bucket-{uuid4().hex}"
        part.write_bytes(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        part.replace(path)

    def listed(self, prefix: str) -> list[str]:
        """Return the names that begin with `prefix`, in order."""
        begin = self.folder / prefix.rpartition("/")[0]
        names = [path.relative_to(self.folder).as_posix() for path in begin.rglob("*") if path.is_file()]
        return sorted(name for name in names if name.startswith(prefix))


class Conversation(BaseHTTPRequestHandler):
    """One connection of a client; many requests come over it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bucket: Bucket

    def setup(self) -> None:
        super().setup()
        self.bucket.connections.add(self.connection)

    def finish(self) -> None:
        self.bucket.connections.discard(self.connection)
        with suppress(OSError):  # cut meanwhile
            super().finish()

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.bucket.asked += 1
        if self.bucket.drops:
            self.close_connection = True
            return
        time.sleep(self.bucket.seconds)
        self.bucket.waits.wait()
        address = urlsplit(self.path)
        name, _, self.key = unquote(address.path).removeprefix("/").partition("/")
        self.query = dict(parse_qsl(address.query, keep_blank_values=True))
        if name != NAME or f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            self._refuse(FOREIGN)
        elif self.bucket.busy:
            self._refuse(BUSY)
        elif self.bucket.full and self.command in {"PUT", "POST"}:
            self._refuse(FULL)
        else:
            self._act(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  # as http.server calls them

    def _act(self, content: bytes) -> None:
        match self.command, bool(self.key), "uploadId" in self.query:
            case "GET", False, _:
                self._list()
            case "GET" | "HEAD", True, _:
                self._get()
            case "PUT", True, False:
                self.bucket.keep(self.key, content)
                self._say(200, etag=_etag(content))
            case "DELETE", True, False:
                (self.bucket.folder / self.key).unlink(missing_ok=True)
                self._say(204)
            case "POST", True, False if "uploads" in self.query:
                upload = uuid4().hex
                self.bucket.parts[upload] = {}
                self._xml("InitiateMultipartUploadResult", {"Key": self.key, "UploadId": upload})
            case "PUT", True, True:
                self.bucket.parts[self.query["uploadId"]][int(self.query["partNumber"])] = content
                self._say(200, etag=_etag(content))
            case "POST", True, True:
                parts = self.bucket.parts.pop(self.query["uploadId"])
                self.bucket.keep(self.key, b"".join(parts[number] for number in sorted(parts)))
                self._xml("CompleteMultipartUploadResult", {"Key": self.key, "ETag": _etag(self.key.encode())})
            case "DELETE", True, True:
                self.bucket.parts.pop(self.query["uploadId"], None)
                self._say(204)
            case _:
                self._refuse(UNKNOWN)

    def _get(self) -> None:
        path = self.bucket.folder / self.key
        if not path.is_file():
            self._refuse(NO_KEY)
            return
        content, since = path.read_bytes(), formatdate(path.stat().st_mtime, usegmt=True)
        etag, status, more = _etag(content), 200, {}
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
            status, more = 206, {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
            content = content[first : last + 1]
        self._say(status, content, "application/octet-stream", etag=etag, **{"Last-Modified": since}, **more)

    def _list(self) -> None:
        """Answer one page of names; with a delimiter what lies deeper is only named by its folder."""
        prefix, delimiter = self.query.get("prefix", ""), self.query.get("delimiter", "")
        after, most = self.query.get("marker", ""), min(int(self.query.get("max-keys", MOST)), MOST)
        shown: dict[str, str] = {}
        for name in self.bucket.listed(prefix):
            folder, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
            said = f"{prefix}{folder}{found}" if found else name
            if said > after and said not in shown:
                shown[said] = f"<CommonPrefixes><Prefix>{escape(said)}</Prefix></CommonPrefixes>" if found else name
        page = list(shown)[:most]
        rows = [shown[said] if shown[said] != said else self._row(said) for said in page]
        cut = {"IsTruncated": str(len(shown) > most).lower(), "NextMarker": page[-1] if page else ""}
        self._xml("ListBucketResult", {"Name": NAME, "Prefix": prefix, **cut}, "".join(rows))

    def _row(self, name: str) -> str:
        try:
            found = (self.bucket.folder / name).stat()
        except FileNotFoundError:
            return ""
        since = datetime.fromtimestamp(found.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        said = f"<Key>{escape(name)}</Key><LastModified>{since}</LastModified><Size>{found.st_size}</Size>"
        return f"<Contents>{said}</Contents>"

    def _refuse(self, refusal: Refusal) -> None:
        status, code = refusal
        self._xml("Error", {"Code": code, "Message": code}, status=status)

    def _xml(self, root: str, said: dict[str, str], more: str = "", *, status: int = 200) -> None:
        inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in said.items()) + more
        self._say(
            status, f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inside}</{root}>'.encode(), "application/xml"
        )

    def _say(self, status: int, content: bytes = b"", kind: str = "", etag: str = "", **headers: str) -> None:
        self.send_response(status)
        told = {"Content-Type": kind, "ETag": etag, "Content-Length": str(len(content)), **headers}
        for name, value in told.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
