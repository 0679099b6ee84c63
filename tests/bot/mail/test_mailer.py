"""The mail server, spoken to for real: encryption, sign-in, and every kind of no."""

import socket
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.mail.mailer import Mailer, MailNotTaken, MailRefused
from bot.smtp_url import parse_smtp_url
from tests.smtp_server import PASSWORD, USER, make_certificate, smtp_server

pytestmark = pytest.mark.asyncio


def mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "desk@acme.example", "jan@example.com", "Hello"
    made.set_content("Hi")
    return made


def mailer(url: str) -> Mailer:
    return Mailer(parse_smtp_url(url))


async def test_starttls_and_a_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    quoted = PASSWORD.replace("@", "%40")
    with smtp_server(certificate=certificate) as postbox:
        place = f"127.0.0.1:{postbox.port}"
        with pytest.raises(MailNotTaken, match="SSLCertVerificationError"):
            await mailer(f"smtp://{USER}:{quoted}@{place}").send(mail())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(MailNotTaken, match="SMTPAuthenticationError 535"):
            await mailer(f"smtp://{USER}:wrong@{place}").send(mail())
        assert postbox.mails == []
        await mailer(f"smtp://{USER}:{quoted}@{place}").send(mail())
        assert [kept["Subject"] for kept in postbox.mails] == ["Hello"]


async def test_a_server_without_starttls_gets_no_mail_unless_told_so() -> None:
    with smtp_server() as postbox:
        with pytest.raises(MailNotTaken, match="SMTPNotSupportedError"):
            await mailer(f"smtp://127.0.0.1:{postbox.port}").send(mail())
        assert postbox.mails == []
        await mailer(f"smtp+plain://127.0.0.1:{postbox.port}").send(mail())
        assert len(postbox.mails) == 1


@pytest.mark.parametrize(
    ("refusal", "kind"), [("550 No such user", MailRefused), ("451 Later", MailNotTaken)]
)
async def test_a_no_is_for_good_or_for_now(refusal: str, kind: type[Exception]) -> None:
    with smtp_server() as postbox:
        here = mailer(f"smtp+plain://127.0.0.1:{postbox.port}")
        postbox.refusal = refusal
        with pytest.raises(kind):
            await here.send(mail())
        postbox.refusal, postbox.data_refusal = None, refusal
        with pytest.raises(kind):
            await here.send(mail())
        postbox.data_refusal = None
        await here.send(mail())
        assert len(postbox.mails) == 1


async def test_nobody_there_is_for_now() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(MailNotTaken, match="ConnectionRefusedError"):
        await mailer(f"smtp+plain://127.0.0.1:{port}").send(mail())
