"""A virus scanner of the rehearsal's own: speaks clamd's INSTREAM, and can be away, hang or answer with an error."""

import socketserver
import struct
import threading
from contextlib import suppress

CLEAN = b"stream: OK\0"
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
FOUND = b"stream: Eicar-Test-Signature FOUND\0"
ERROR = b"INSTREAM size limit exceeded. ERROR\0"
COMMAND = b"zINSTREAM\0"


class Scanner:
    """A server on a port that stays the same, also while it is closed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.errs = False
        """Whether it gives an error instead of a verdict."""
        self.waits = threading.Event()
        """Cleared while whoever asks is kept waiting."""
        self.waits.set()
        self.scanned = 0
        self._server: socketserver.ThreadingTCPServer | None = None

    def open(self) -> None:
        scanner = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError, struct.error):
                    scanner.answer(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Conversation)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.waits.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, conversation: socketserver.StreamRequestHandler) -> None:
        """Read one file in chunks with their lengths before them, up to one of length 0, and give the verdict."""
        if conversation.rfile.read(len(COMMAND)) != COMMAND:
            return
        content = b""
        while size := struct.unpack("!L", conversation.rfile.read(4))[0]:
            content += conversation.rfile.read(size)
        self.waits.wait()
        self.scanned += 1
        conversation.wfile.write(ERROR if self.errs else FOUND if EICAR in content else CLEAN)
