"""What is handed over beside a message: files as they are, curves as images where Slack does not draw them itself.

Uploaded in three calls; a file is text where the workspace does not let us upload, a curve stands in the message as a
table: https://docs.slack.dev/messaging/working-with-files#upload
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import structlog

from adapters.slack.api import PLATFORM
from adapters.slack.charts import pictured
from adapters.slack.events import text
from adapters.slack.mrkdwn import clipped
from adapters.slack.render import pieces
from bot import transport
from bot.errors import TransportError
from bot.message import Chart, File

if TYPE_CHECKING:
    from adapters.slack.api import Api
    from bot.message import Message
    from bot.ports import Charts

log = structlog.get_logger()
ALTERNATIVE = 1000
TITLE = 100

Annex = File | Chart


@dataclass(frozen=True, slots=True)
class _Upload:
    """Bytes with their name; an image says in words what it shows."""

    name: str
    title: str
    content: bytes
    alternative: str = ""


class Annexes:
    """Puts things in conversations. `charts` draws; None: nobody does."""

    def __init__(self, api: Api, charts: Charts | None) -> None:
        self._api = api
        self._charts = charts

    def of(self, message: Message, *, native: bool) -> list[Annex]:
        """What a message hands over; `native`: Slack draws what curves it can."""
        files: list[Annex] = [block for block in message.blocks if isinstance(block, File)]
        return [*files, *(pictured(message, native=native) if self._charts else ())]

    async def share(self, channel: str, annex: Annex, thread: str = "") -> None:
        """Put it in a conversation, in a message's thread if one is given. Never raises: what failed is logged.

        A failure that may have been none is not repeated: two files are worse than the beginning that the message
        shows.
        """
        try:
            await self._upload(channel, await self._made(annex), thread)
        except TransportError as error:
            log.info("file not uploaded", error=error.key, code=error.params.get("code"))
            if error.permanent and isinstance(annex, File):
                await self._as_text(channel, annex, thread)

    async def _made(self, annex: Annex) -> _Upload:
        if isinstance(annex, File):
            return _Upload(annex.name, annex.name, annex.content.encode())
        assert self._charts is not None, "no curve is handed over where nobody draws"
        image = await asyncio.to_thread(self._charts.png, annex)
        return _Upload("vigie.png", clipped(annex.title, TITLE), image, clipped(annex.alternative, ALTERNATIVE))

    async def _upload(self, channel: str, one: _Upload, thread: str) -> None:
        about = {"alt_txt": one.alternative} if one.alternative else {}
        size = len(one.content)
        place = await self._api.look("files.getUploadURLExternal", filename=one.name, length=size, **about)
        try:
            async with self._api.session.post(text(place, "upload_url"), data=one.content) as answer:
                if answer.status != 200:  # noqa: PLR2004  # what Slack answers to bytes that it took
                    raise transport.unanswered(PLATFORM, reading=True, method="upload")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise transport.unanswered(PLATFORM, reading=True, method="upload") from error
        where = {"channel_id": channel} | ({"thread_ts": thread} if thread else {})
        done = [{"id": text(place, "file_id"), "title": one.title}]
        await self._api.call("files.completeUploadExternal", files=done, **where)

    async def _as_text(self, channel: str, file: File, thread: str) -> None:
        where = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        try:
            for drawn in pieces(file):
                await self._api.call("chat.postMessage", **where, **drawn.payload())
        except TransportError as error:
            log.warning("file not handed over", error=error.key, code=error.params.get("code"))
