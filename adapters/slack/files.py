"""Uploads beside a message: files as they are, curves as images where Slack does not draw them itself.

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
    """Holds the bytes of an upload with its name; an image has a text alternative."""

    name: str
    title: str
    content: bytes
    alternative: str = ""


class Annexes:
    """Uploads files and images to conversations. `charts` draws curves; None where nothing can."""

    def __init__(self, api: Api, charts: Charts | None) -> None:
        self._api = api
        self._charts = charts

    def of(self, message: Message, *, native: bool) -> list[Annex]:
        """Return a message's files, and its curves that Slack does not draw; `native`: it draws those that it can."""
        files: list[Annex] = [block for block in message.blocks if isinstance(block, File)]
        return [*files, *(pictured(message, native=native) if self._charts else ())]

    async def share(self, channel: str, annex: Annex, thread: str = "") -> None:
        """Upload an annex to a conversation, or to the thread of a message. Never raises: a failure is logged.

        An upload of unknown outcome is not repeated: two files are worse than the beginning that the message shows.
        """
        try:
            await self._send_upload(channel, await self._build_upload(annex), thread)
        except TransportError as error:
            log.info("file not uploaded", error=error.key, code=error.params.get("code"))
            if error.permanent and isinstance(annex, File):
                await self._post_as_text(channel, annex, thread)

    async def _build_upload(self, annex: Annex) -> _Upload:
        if isinstance(annex, File):
            return _Upload(annex.name, annex.name, annex.content.encode())
        assert self._charts is not None, "no curve is handed over where nobody draws"
        image = await asyncio.to_thread(self._charts.png, annex)
        return _Upload("vigie.png", clipped(annex.title, TITLE), image, clipped(annex.alternative, ALTERNATIVE))

    async def _send_upload(self, channel: str, upload: _Upload, thread: str) -> None:
        about = {"alt_txt": upload.alternative} if upload.alternative else {}
        size = len(upload.content)
        place = await self._api.look("files.getUploadURLExternal", filename=upload.name, length=size, **about)
        try:
            async with self._api.session.post(text(place, "upload_url"), data=upload.content) as answer:
                if answer.status != 200:  # noqa: PLR2004  # what Slack answers to bytes that it took
                    raise transport.unanswered(PLATFORM, reading=True, method="upload")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise transport.unanswered(PLATFORM, reading=True, method="upload") from error
        where = {"channel_id": channel} | ({"thread_ts": thread} if thread else {})
        done = [{"id": text(place, "file_id"), "title": upload.title}]
        await self._api.call("files.completeUploadExternal", files=done, **where)

    async def _post_as_text(self, channel: str, file: File, thread: str) -> None:
        where = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        try:
            for drawn in pieces(file):
                await self._api.call("chat.postMessage", **where, **drawn.payload())
        except TransportError as error:
            log.warning("file not handed over", error=error.key, code=error.params.get("code"))
