"""The Web API methods that the product uses, over the fake's state, with Slack's own error codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.slack.server import FakeSlack

Json = dict[str, Any]


class RefusedError(Exception):
    """Carries a Slack error code."""


class Methods:
    """Implements `conversations.history` as `conversations_history`, and so on."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._token = ""
        """The token of the current call."""

    def call(self, method: str, arguments: Json, token: str) -> Json:
        from tests.fakes.slack.server import APP_TOKEN

        wrong = self._slack.installs.wrong(token)
        if method.startswith("apps."):
            wrong = "" if token == APP_TOKEN else "invalid_auth"
        if wrong and method != "oauth.v2.access":
            return {"ok": False, "error": wrong}
        self._token = token
        handler = getattr(self, method.replace(".", "_"), None)
        if handler is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True, **handler(arguments)}
        except RefusedError as error:
            return {"ok": False, "error": str(error)}

    def auth_test(self, arguments: Json) -> Json:
        from tests.fakes.slack.server import BOT, BOT_ID, SITE

        team = self._slack.installs.tokens[self._token]
        return {
            "url": SITE,
            "team": self._slack.installs.places[team],
            "team_id": team,
            "user_id": BOT,
            "bot_id": BOT_ID,
            "user": "vigie",
        }

    def oauth_v2_access(self, arguments: Json) -> Json:
        answer = self._slack.installs.access(arguments, self._token)
        if isinstance(answer, str):
            raise RefusedError(answer)
        return answer

    def auth_revoke(self, arguments: Json) -> Json:
        self._slack.installs.dead[self._token] = "token_revoked"
        return {"revoked": True}

    def apps_connections_open(self, arguments: Json) -> Json:
        ticket = self._slack.next("ticket")
        self._slack.tickets.add(ticket)
        self._slack.opened.append(ticket)
        return {"url": f"ws://127.0.0.1:{self._slack.port}/link?ticket={ticket}"}

    def chat_postMessage(self, arguments: Json) -> Json:  # noqa: N802  # Slack's own name
        from tests.fakes.slack.server import BOT

        channel = self._find_channel(arguments)
        if BOT not in self._slack.members[channel]:
            raise RefusedError("not_in_channel")
        self._check_payload("message", arguments)
        ts = self._slack.ts()
        message = {**arguments, "channel": channel, "ts": ts, "user": BOT}
        self._slack.messages[channel][ts] = message
        return {"channel": channel, "ts": ts, "message": message}

    def conversations_replies(self, arguments: Json) -> Json:
        """Return the message, then its replies, oldest first."""
        channel, message = self._find_message(arguments)
        return {"messages": [message, *self._slack.thread(channel, message["ts"])]}

    def files_getUploadURLExternal(self, arguments: Json) -> Json:  # noqa: N802  # Slack's own name
        if not arguments.get("filename") or int(arguments.get("length", 0)) <= 0:
            raise RefusedError("invalid_arguments")
        file = self._slack.next("F")
        alternative = arguments.get("alt_txt", "")
        if len(alternative) > 1000:
            raise RefusedError("alt_txt_too_large")
        self._slack.files[file] = {"id": file, "name": arguments["filename"], "content": None, "alt_txt": alternative}
        return {"file_id": file, "upload_url": f"http://127.0.0.1:{self._slack.port}/upload/{file}"}

    def files_completeUploadExternal(self, arguments: Json) -> Json:  # noqa: N802  # Slack's own name
        channel = self._find_channel(arguments | {"channel": arguments.get("channel_id")})
        for upload in arguments["files"]:
            file = self._slack.files.get(upload["id"])
            if file is None or file["content"] is None:
                raise RefusedError("file_not_found")
            file |= {"channel": channel, "thread_ts": arguments.get("thread_ts", ""), "title": upload["title"]}
        return {"files": arguments["files"]}

    def chat_update(self, arguments: Json) -> Json:
        channel, message = self._find_message(arguments)
        self._check_payload("message", arguments)
        message |= {key: arguments[key] for key in ("text", "blocks") if key in arguments} | {"edited": {}}
        return {"channel": channel, "ts": message["ts"]}

    def chat_delete(self, arguments: Json) -> Json:
        channel, message = self._find_message(arguments)
        del self._slack.messages[channel][message["ts"]]
        return {"channel": channel, "ts": message["ts"]}

    def chat_postEphemeral(self, arguments: Json) -> Json:  # noqa: N802  # Slack's own name
        self._find_channel(arguments)
        self._check_payload("message", arguments)
        self._slack.private.append(arguments)
        return {"message_ts": self._slack.ts()}

    def conversations_open(self, arguments: Json) -> Json:
        user = str(arguments.get("users"))
        if user not in self._slack.people:
            raise RefusedError("user_not_found")
        if self._slack.people[user]["deleted"]:
            raise RefusedError("user_disabled")
        return {"channel": {"id": self._slack.direct(user)}}

    def conversations_history(self, arguments: Json) -> Json:
        """Return messages in pages, newest first."""
        channel = self._find_channel(arguments)
        oldest, limit = float(arguments.get("oldest", 0)), int(arguments.get("limit", 100))
        start = int(arguments.get("cursor") or 0)
        messages = [row for row in reversed(self._slack.posted(channel)) if float(row["ts"]) > oldest]
        if str(arguments.get("include_all_metadata", "")).lower() != "true":
            messages = [{key: value for key, value in row.items() if key != "metadata"} for row in messages]
        more = start + limit < len(messages)
        cursor = str(start + limit) if more else ""
        return {"messages": messages[start : start + limit], "response_metadata": {"next_cursor": cursor}}

    def conversations_info(self, arguments: Json) -> Json:
        from tests.fakes.slack.server import BOT

        channel = self._find_channel(arguments)
        inside = BOT in self._slack.members[channel]
        return {"channel": {"id": channel, "name": self._slack.channels[channel], "is_member": inside}}

    def reactions_get(self, arguments: Json) -> Json:
        channel, message = self._find_message(arguments | {"ts": arguments.get("timestamp")})
        stored = self._slack.reactions[channel, message["ts"]]
        reactions = [{"name": name, "users": users, "count": len(users)} for name, users in stored.items() if users]
        return {"type": "message", "message": message | {"reactions": reactions}}

    def users_info(self, arguments: Json) -> Json:
        user = self._slack.people.get(str(arguments.get("user")))
        if user is None:
            raise RefusedError("user_not_found")
        return {"user": user}

    def views_open(self, arguments: Json) -> Json:
        if not arguments.get("trigger_id"):
            raise RefusedError("invalid_trigger")
        self._check_payload("modal", arguments["view"])
        view = arguments["view"] | {"id": self._slack.next("V"), "state": {"values": {}}}
        self._slack.views[view["id"]] = view
        return {"view": view}

    def views_update(self, arguments: Json) -> Json:
        self._check_payload("modal", arguments["view"])
        old = self._slack.views.get(arguments["view_id"])
        if old is None:
            raise RefusedError("not_found")
        self._slack.views[old["id"]] = arguments["view"] | {"id": old["id"], "state": {"values": {}}}
        return {"view": self._slack.views[old["id"]]}

    def views_publish(self, arguments: Json) -> Json:
        self._check_payload("home", arguments["view"])
        self._slack.homes[arguments["user_id"]] = arguments["view"] | {"id": self._slack.next("V")}
        return {"view": self._slack.homes[arguments["user_id"]]}

    def _find_channel(self, arguments: Json) -> str:
        channel = str(arguments.get("channel"))
        if channel not in self._slack.channels or not self._slack.installs.reaches(self._token, channel):
            raise RefusedError("channel_not_found")
        if self._slack.channels[channel].startswith("archived"):
            raise RefusedError("is_archived")
        return channel

    def _find_message(self, arguments: Json) -> tuple[str, Json]:
        channel = self._find_channel(arguments)
        message = self._slack.messages[channel].get(str(arguments.get("ts")))
        if message is None:
            raise RefusedError("message_not_found")
        return channel, message

    def _check_payload(self, kind: str, payload: Json) -> None:
        """Refuse what Slack refuses: no text, unknown blocks, and whatever the judge finds."""
        if kind == "message" and not payload.get("text"):
            raise RefusedError("no_text")
        if not self._slack.draws(payload):
            raise RefusedError("invalid_blocks")
        self._slack.judge(kind, payload)
