"""Pictures and what was found in them, by the hash of the upload."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from adapters.storage.database import Database
from adapters.storage.tables import finding, message_picture, picture, picture_part
from core.conversation import Attachment, Message, Thread
from core.finding import Finding
from core.modelling import Picture
from core.reply import Enclosed
from core.vision import About, CheckedImage, KeptPicture

_KNOWN = select(picture.c.sha256).where(picture.c.sha256 == bindparam("sha256"))
_ADD = insert(picture)
_AGAIN = update(picture).where(picture.c.sha256 == bindparam("of_sha256")).values(kept_at=bindparam("now"))
_ADD_PART = insert(picture_part)
_IMAGE = select(picture).where(picture.c.sha256 == bindparam("sha256"))
_PARTS = select(picture_part).where(picture_part.c.sha256 == bindparam("sha256")).order_by(picture_part.c.n)
_SENT = select(message_picture.c.sha256).where(
    message_picture.c.thread == bindparam("thread"),
    message_picture.c.message_id == bindparam("message_id"),
    message_picture.c.attachment_id == bindparam("attachment_id"),
)
_ADD_SENT = insert(message_picture)
_OF_THREAD = (
    select(message_picture.c.message_id, message_picture.c.name, message_picture.c.sha256)
    .select_from(message_picture.join(picture, picture.c.sha256 == message_picture.c.sha256))
    .where(message_picture.c.thread == bindparam("thread"))
    .order_by(picture.c.kept_at.desc(), message_picture.c.message_id.desc(), message_picture.c.attachment_id.desc())
    .limit(bindparam("limit"))
)
_SHOWN = (
    select(
        message_picture.c.message_id,
        message_picture.c.attachment_id,
        message_picture.c.name,
        message_picture.c.author_id,
    )
    .select_from(message_picture.join(picture, picture.c.sha256 == message_picture.c.sha256))
    .where(message_picture.c.thread == bindparam("thread"))
    .order_by(picture.c.kept_at.desc(), message_picture.c.message_id.desc(), message_picture.c.attachment_id.desc())
    .limit(bindparam("limit"))
)
_FOUND = select(finding.c.finding).where(
    finding.c.sha256 == bindparam("sha256"), finding.c.question_sha256 == bindparam("question_sha256")
)
_FINDINGS = (
    select(finding.c.finding)
    .select_from(message_picture.join(finding, finding.c.sha256 == message_picture.c.sha256))
    .where(message_picture.c.thread == bindparam("thread"), message_picture.c.author_id == bindparam("author_id"))
    .order_by(finding.c.at)
)
_ADD_FOUND = insert(finding)


class StoredPictures:
    """The `Pictures` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, message: Message, attachment: Attachment, image: CheckedImage) -> None:
        """Store an image for a message, once; the same upload again takes no more room."""
        now = self._database.now()
        sent = _sent(message, attachment)

        def work(connection: Connection) -> None:
            if connection.execute(_KNOWN, {"sha256": image.sha256}).first() is None:
                _add(connection, image, now)
            else:
                connection.execute(_AGAIN, {"of_sha256": image.sha256, "now": now})
            if connection.execute(_SENT, sent).first() is None:
                author_id = attachment.author_id or message.author.id
                row = {**sent, "name": attachment.name, "sha256": image.sha256, "author_id": author_id}
                connection.execute(_ADD_SENT, row)

        await self._database.write(work)

    async def kept(self, message: Message, attachment: Attachment) -> CheckedImage | None:
        """The image that was stored for this attachment."""

        def work(connection: Connection) -> CheckedImage | None:
            sha256 = connection.execute(_SENT, _sent(message, attachment)).scalar_one_or_none()
            return None if sha256 is None else _image(connection, sha256)

        return await self._database.read(work)

    async def of_thread(self, thread: Thread, *, limit: int) -> list[KeptPicture]:
        """The newest images of a thread, oldest first."""

        def work(connection: Connection) -> list[KeptPicture]:
            rows = connection.execute(_OF_THREAD, {"thread": thread.key, "limit": limit}).all()
            images = [(row, _image(connection, row.sha256)) for row in reversed(rows)]
            return [KeptPicture(row.message_id, row.name, image) for row, image in images if image is not None]

        return await self._database.read(work)

    async def shown(self, thread: Thread, *, limit: int) -> list[Enclosed]:
        """The newest images of a thread as something that can go with a post, oldest first."""
        rows = await self._database.read(
            lambda connection: connection.execute(_SHOWN, {"thread": thread.key, "limit": limit}).all()
        )
        return [
            Enclosed(Attachment(row.attachment_id, row.name, "", 0, ""), thread, row.message_id, row.author_id)
            for row in reversed(rows)
        ]

    async def content(self, sha256: str) -> Picture | None:
        """An image as it was kept."""

        def work(connection: Connection) -> Picture | None:
            image = _image(connection, sha256)
            return None if image is None else image.picture

        return await self._database.read(work)

    async def findings(self, thread: Thread, author_id: str) -> list[Finding]:
        """All that was found in the images that somebody sent to a thread."""
        asked = {"thread": thread.key, "author_id": author_id}
        return await self._database.read(lambda connection: [*connection.execute(_FINDINGS, asked).scalars()])

    async def count_of_author(
        self, tenant: str, platform: str, author_id: str, *, since: datetime, besides: Collection[str]
    ) -> int:
        """How many images a person sent since then, those of the messages `besides` not counted."""
        sent = message_picture.join(picture, picture.c.sha256 == message_picture.c.sha256)
        query = (
            select(func.count())
            .select_from(sent)
            .where(
                message_picture.c.author_id == author_id,
                message_picture.c.thread.startswith(f"{platform}:{tenant}:", autoescape=True),
                message_picture.c.message_id.not_in(besides),
                picture.c.kept_at >= since,
            )
        )
        return await self._database.read(lambda connection: connection.execute(query).scalar_one())

    async def finding(self, sha256: str, question: str) -> Finding | None:
        """What was found in this image for this question before."""
        asked = {"sha256": sha256, "question_sha256": _hash(question)}
        return await self._database.read(lambda connection: connection.execute(_FOUND, asked).scalar_one_or_none())

    async def found(self, sha256: str, question: str, finding: Finding) -> None:
        """Remember a finding; the first one stays. Of the question only its hash is kept."""
        asked = {"sha256": sha256, "question_sha256": _hash(question)}
        row = {**asked, "question": "", "finding": finding, "at": self._database.now()}

        def work(connection: Connection) -> None:
            if connection.execute(_FOUND, asked).first() is None:
                connection.execute(_ADD_FOUND, row)

        await self._database.write(work)

    async def forget(self, tenant: str, platform: str, author_id: str) -> int:
        """Erase what a person sent and what was found in it; returns how many pictures are gone.

        An image that somebody else sent too stays theirs.
        """
        in_tenant = message_picture.c.thread.startswith(f"{platform}:{tenant}:", autoescape=True)
        theirs = (message_picture.c.author_id == author_id, in_tenant)

        def work(connection: Connection) -> int:
            hashes = list(dict.fromkeys(connection.execute(select(message_picture.c.sha256).where(*theirs)).scalars()))
            connection.execute(delete(message_picture).where(*theirs))
            connection.execute(delete(finding).where(finding.c.sha256.in_(hashes)))
            return _drop(connection, [each for each in hashes if _is_loose(connection, each)])

        return await self._database.write(work)


def erase_pictures(connection: Connection, hashes: list[str]) -> int:
    """Delete images with every message that shows them and all that was found in them; how many."""
    connection.execute(delete(message_picture).where(message_picture.c.sha256.in_(hashes)))
    connection.execute(delete(finding).where(finding.c.sha256.in_(hashes)))
    return _drop(connection, hashes)


def _sent(message: Message, attachment: Attachment) -> dict[str, str]:
    return {"thread": message.thread.key, "message_id": message.id, "attachment_id": attachment.id}


def _add(connection: Connection, image: CheckedImage, now: datetime) -> None:
    row = {
        "sha256": image.sha256,
        "media_type": image.picture.media_type,
        "content": image.picture.content,
        "width_px": image.width_px,
        "height_px": image.height_px,
        "kept_at": now,
        "about": About(image.note, image.codes, image.problems),
    }
    connection.execute(_ADD, row)
    for n, part in enumerate(image.more, start=1):
        part_row = {"sha256": image.sha256, "n": n, "media_type": part.media_type, "content": part.content}
        connection.execute(_ADD_PART, part_row)


def _image(connection: Connection, sha256: str) -> CheckedImage | None:
    row: Row[Any] | None = connection.execute(_IMAGE, {"sha256": sha256}).one_or_none()
    if row is None:
        return None
    about: About = row.about or About()
    return CheckedImage(
        sha256=sha256,
        picture=Picture(row.media_type, row.content),
        width_px=row.width_px,
        height_px=row.height_px,
        more=tuple(Picture(part.media_type, part.content) for part in connection.execute(_PARTS, {"sha256": sha256})),
        note=about.note,
        codes=about.codes,
        problems=about.problems,
    )


def _is_loose(connection: Connection, sha256: str) -> bool:
    still = select(message_picture.c.sha256).where(message_picture.c.sha256 == sha256).limit(1)
    return connection.execute(still).first() is None


def _drop(connection: Connection, hashes: list[str]) -> int:
    connection.execute(delete(picture_part).where(picture_part.c.sha256.in_(hashes)))
    connection.execute(delete(picture).where(picture.c.sha256.in_(hashes)))
    return len(hashes)


def _hash(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()
