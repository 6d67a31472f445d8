"""One-time codes by mail, through the company's own mail server."""

import asyncio
import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from adapters.identity.settings import MailSettings
from core.checking import Check
from core.errors import DeliveryError
from core.identity import OnFile


class MailSender:
    """Implements `core.identity.CodeSender` over SMTP. A connection is made for each mail: there are few."""

    def __init__(self, settings: MailSettings, password: str, *, trusts: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._password = password
        self._trusts = trusts
        """Whose certificates are believed; None: those that this machine believes."""

    async def send(self, to: OnFile, code: str, *, minutes: int) -> None:
        """See `core.identity.CodeSender`."""
        mail = self._mail(to.address, code, minutes)
        await asyncio.to_thread(self._hand_in, mail)

    async def examine(self) -> Check:
        """Whether the server lets us in, for `firstline doctor`; sends nothing."""
        what = f"mail server {self._settings.host}:{self._settings.port} takes our codes"
        try:
            await asyncio.to_thread(self._let_in)
        except DeliveryError as error:
            return Check(what, f"{error}. Check [identity.mail] and FIRSTLINE_SMTP_PASSWORD.")
        return Check(what)

    def _mail(self, address: str, code: str, minutes: int) -> EmailMessage:
        settings = self._settings
        mail = EmailMessage()
        try:
            mail["To"] = address
            mail["From"] = settings.sender
            mail["Subject"] = settings.subject
        except ValueError:
            raise DeliveryError("an address on file, or [identity.mail] sender, is no mail address") from None
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=parseaddr(settings.sender)[1].rpartition("@")[2])
        # No holiday answers, please (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(settings.text.format(code=code, minutes=minutes))
        return mail

    def _hand_in(self, mail: EmailMessage) -> None:
        with _translated(), self._server() as server:
            server.send_message(mail)

    def _let_in(self) -> None:
        with _translated(), self._server() as server:
            server.noop()

    @contextmanager
    def _server(self) -> Generator[smtplib.SMTP, None, None]:
        settings = self._settings
        trusts = self._trusts or ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.time_limit_s, context=trusts)
            if settings.security == "tls"
            else smtplib.SMTP(settings.host, settings.port, timeout=settings.time_limit_s)
        )
        with server:
            if settings.security == "starttls":
                server.starttls(context=trusts)
            if settings.user:
                server.login(settings.user, self._password)
            yield server


@contextmanager
def _translated() -> Generator[None, None, None]:
    """Errors without their texts: those hold addresses, and what a server said of them."""
    try:
        yield
    except smtplib.SMTPNotSupportedError:
        why = "the mail server offers no TLS or no login"
        raise DeliveryError(why) from None
    except smtplib.SMTPAuthenticationError as error:
        why = f"the mail server refuses the login ({error.smtp_code})"
        raise DeliveryError(why) from None
    except smtplib.SMTPResponseException as error:
        why = f"the mail server refuses ({error.smtp_code})"
        raise DeliveryError(why) from None
    except smtplib.SMTPRecipientsRefused:
        raise DeliveryError("the mail server refuses the address on file") from None
    except ssl.SSLError as error:
        why = f"the mail server's certificate or TLS is not good ({error.reason or type(error).__name__})"
        raise DeliveryError(why) from None
    except (smtplib.SMTPException, OSError) as error:
        why = f"the mail server does not answer ({type(error).__name__})"
        raise DeliveryError(why) from None
