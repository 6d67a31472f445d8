"""Pictures and what was found in them, by the hash of the upload."""

import hashlib

from sqlalchemy import Connection, bindparam, insert, select

from adapters.storage.database import Database
from adapters.storage.tables import finding, message_picture, picture
from core.conversation import Attachment, Message
from core.modelling import Picture
from core.vision import CheckedImage, Finding

_KNOWN = select(picture.c.sha256).where(picture.c.sha256 == bindparam("sha256"))
_ADD = insert(picture)
_CONTENT = select(picture.c.media_type, picture.c.content).where(picture.c.sha256 == bindparam("sha256"))
_SENT = select(message_picture.c.sha256).where(
    message_picture.c.thread == bindparam("thread"),
    message_picture.c.message_id == bindparam("message_id"),
    message_picture.c.attachment_id == bindparam("attachment_id"),
)
_ADD_SENT = insert(message_picture)
_FOUND = select(finding.c.finding).where(
    finding.c.sha256 == bindparam("sha256"), finding.c.question_sha256 == bindparam("question_sha256")
)
_ADD_FOUND = insert(finding)


class StoredPictures:
    """The `Pictures` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, message: Message, attachment: Attachment, image: CheckedImage) -> None:
        """Store an image for a message, once; the same upload again takes no more room."""
        now = self._database.now()
        sent = {"thread": message.thread.key, "message_id": message.id, "attachment_id": attachment.id}

        def work(connection: Connection) -> None:
            if connection.execute(_KNOWN, {"sha256": image.sha256}).first() is None:
                row = {
                    "sha256": image.sha256,
                    "media_type": image.picture.media_type,
                    "content": image.picture.content,
                    "width_px": image.width_px,
                    "height_px": image.height_px,
                    "kept_at": now,
                }
                connection.execute(_ADD, row)
            if connection.execute(_SENT, sent).first() is None:
                connection.execute(_ADD_SENT, {**sent, "name": attachment.name, "sha256": image.sha256})

        await self._database.write(work)

    async def content(self, sha256: str) -> Picture | None:
        """An image as it was kept."""

        def work(connection: Connection) -> Picture | None:
            row = connection.execute(_CONTENT, {"sha256": sha256}).one_or_none()
            return None if row is None else Picture(row.media_type, row.content)

        return await self._database.read(work)

    async def finding(self, sha256: str, question: str) -> Finding | None:
        """What was found in this image for this question before."""
        asked = {"sha256": sha256, "question_sha256": _hash(question)}
        return await self._database.read(lambda connection: connection.execute(_FOUND, asked).scalar_one_or_none())

    async def found(self, sha256: str, question: str, finding: Finding) -> None:
        """Remember a finding; the first one stays."""
        asked = {"sha256": sha256, "question_sha256": _hash(question)}
        row = {**asked, "question": question, "finding": finding, "at": self._database.now()}

        def work(connection: Connection) -> None:
            if connection.execute(_FOUND, asked).first() is None:
                connection.execute(_ADD_FOUND, row)

        await self._database.write(work)


def _hash(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()
