"""A mail server that takes everything and writes a line for each mail: `python -m bench.sink PORT FILE`."""

import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    def __init__(self, file: Path) -> None:
        self.file = file.open("a", buffering=1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.file.write(f"{envelope.rcpt_tos[0]} {len(envelope.content or b'')}\n")
        return "250 OK"


def main(port: int, file: Path) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    controller = Controller(Sink(file), hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    signal.sigwait({signal.SIGTERM})
    controller.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
