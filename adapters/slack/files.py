"""Files handed over: uploaded in three calls, or as text where the workspace does not let us upload.

https://docs.slack.dev/messaging/working-with-files#upload
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import structlog

from adapters.slack.events import text
from adapters.slack.render import pieces
from bot.errors import TransportError
from bot.message import File

if TYPE_CHECKING:
    from adapters.slack.api import Api
    from bot.message import Message

log = structlog.get_logger()


def files_of(message: Message) -> list[File]:
    """The files that a message hands over."""
    return [block for block in message.blocks if isinstance(block, File)]


async def share(api: Api, channel: str, file: File, thread: str = "") -> None:
    """Put the file in a conversation, in a message's thread if one is given. Never raises: what failed is logged.

    A failure that may have been none is not repeated: two files are worse than the beginning that the message shows.
    """
    try:
        await _upload(api, channel, file, thread)
    except TransportError as error:
        log.info("file not uploaded", error=error.key, code=error.params.get("code"))
        if error.permanent:
            await _as_text(api, channel, file, thread)


async def _upload(api: Api, channel: str, file: File, thread: str) -> None:
    content = file.content.encode()
    place = await api.look("files.getUploadURLExternal", filename=file.name, length=len(content))
    try:
        async with api.session.post(text(place, "upload_url"), data=content) as answer:
            if answer.status != 200:  # noqa: PLR2004  # what Slack answers to bytes that it took
                raise TransportError("slack.unanswered", permanent=False, method="upload")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise TransportError("slack.unanswered", permanent=False, method="upload") from error
    where = {"channel_id": channel} | ({"thread_ts": thread} if thread else {})
    done = [{"id": text(place, "file_id"), "title": file.name}]
    await api.call("files.completeUploadExternal", files=done, **where)


async def _as_text(api: Api, channel: str, file: File, thread: str) -> None:
    where = {"channel": channel} | ({"thread_ts": thread} if thread else {})
    try:
        for drawn in pieces(file):
            await api.call("chat.postMessage", **where, **drawn.payload())
    except TransportError as error:
        log.warning("file not handed over", error=error.key, code=error.params.get("code"))
