"""A mail server: takes mail over SMTP, with TLS and a login where a test wants them, and delivers to nobody."""

import asyncio
import base64
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Security = Literal["starttls", "tls", "none"]


@dataclass
class MailServer:
    """What it wants, and what it was given."""

    security: Security = "none"
    login: tuple[str, str] | None = None
    refuses: frozenset[str] = frozenset()
    """Addresses that nobody has."""
    is_silent: bool = False
    """It takes the connection and says nothing."""
    port: int = 0
    trusts: ssl.SSLContext | None = None
    """What a client needs to believe its certificate."""
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])
    in_clear: list[bytes] = field(default_factory=list[bytes])
    """Every line that came without TLS."""
    _tls: ssl.SSLContext | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._open.add(writer)
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            return
        finally:
            self._open.discard(writer)
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_silent:
            await reader.read()
            return
        is_safe, is_known = self.security == "tls", self.login is None

        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 mail.example.com ready")
        while line := await reader.readline():
            if not is_safe:
                self.in_clear.append(line)
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    await say("250-mail.example.com")
                    if self.security == "starttls" and not is_safe:
                        await say("250-STARTTLS")
                    await say("250 AUTH PLAIN" if self.login else "250 OK")
                case "STARTTLS" if self._tls and not is_safe:
                    await say("220 go ahead")
                    await writer.start_tls(self._tls)
                    is_safe = True
                case "AUTH":
                    _, user, password = base64.b64decode(rest.split()[-1]).decode().split("\0")
                    is_known = (user, password) == self.login
                    await say("235 welcome" if is_known else f"535 wrong password for {user}")
                case "MAIL":
                    await say("250 OK" if is_known else "530 log in first")
                case "RCPT":
                    address = rest.partition("<")[2].rpartition(">")[0]
                    await say(f"550 no such person: {address}" if address in self.refuses else "250 OK")
                case "DATA":
                    await say("354 go on")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if not is_safe:
                        self.in_clear.append(content)
                    self.taken.append(message_from_bytes(content[:-3], policy=policy.default))  # pyright: ignore[reportArgumentType]
                    await say("250 taken")
                case "QUIT":
                    await say("221 bye")
                    return
                case _:
                    await say("250 OK")


@asynccontextmanager
async def serve(server: MailServer, folder: Path) -> AsyncGenerator[MailServer, None]:
    """Let it listen on a free port of the loopback address."""
    if server.security != "none":
        server._tls, server.trusts = _certified(folder)  # pyright: ignore[reportPrivateUsage]
    at_once = server._tls if server.security == "tls" else None  # pyright: ignore[reportPrivateUsage]
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=at_once)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in list(server._open):  # pyright: ignore[reportPrivateUsage]
            writer.close()


def _certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for `localhost`, and a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = folder / "mail.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + pem
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
