"""Letters arrive over a real line, and codes and links are read as people read them."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from rehearsal.mailbox import MailServer

TO = "meike@stadt.example"
TEXT = "Guten Tag,\n\nIhr Code:\n\nAB12-CD34\n\nhttp://127.0.0.1:1/newsletter/bestaetigen/xyz/."


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    server.open()
    yield server
    server.close()


def post(server: MailServer, *to: str, text: str = TEXT) -> None:
    message = EmailMessage()
    message["Subject"] = "Code: 1"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", server.port) as line:
        line.send_message(message, "a@portal.example", to)


def test_letter_has_a_code_and_a_link(server: MailServer) -> None:
    post(server, TO)

    letter = server.to(TO)[0]
    assert (letter.kind, letter.code()) == ("Code", "AB12-CD34")
    assert letter.link("/newsletter/bestaetigen/") == "/newsletter/bestaetigen/xyz/"


def test_letters_are_sorted_by_address(server: MailServer) -> None:
    post(server, TO, "tilman@stadt.example")
    post(server, TO)

    assert [len(server.to(TO)), len(server.to("tilman@stadt.example")), len(server.to("x@stadt.example"))] == [2, 1, 0]


def test_wait_for_code_takes_the_newest_after_those_of_before(server: MailServer) -> None:
    post(server, TO)
    post(server, TO, text=TEXT.replace("AB12", "EF56"))
    post(server, TO, text="Willkommen")

    assert server.wait_for_code(TO, after=1, seconds=0) == "EF56-CD34"


def test_wait_for_code_gives_up(server: MailServer) -> None:
    post(server, TO)

    with pytest.raises(LookupError, match=TO):
        server.wait_for_code(TO, after=1, seconds=0)
