"""A stateful Discord on loopback sockets: REST v10, the gateway, interactions, and faults on demand.

    discord = await FakeDiscord().start()          # DISCORD_API_URL is .api, DISCORD_GATEWAY_URL is .gateway_url
    lea = Someone(discord, LEA)                    # KARIM, TOM, INES; member of GUILD, which has CHANNEL and OTHER
    await discord.gateway.ready()                  # until the bot is connected

    answer = await lea.types("/cm today")          # an Exchange, once it is settled
    answer.kind                                    # 4 message, 5 deferred, 6/7 update, 8 choices, 9 form; 0: no answer
    answer.message, answer.private, answer.followups, answer.modal
    await lea.types("/cm done", task="veille", member=Someone(discord, KARIM))   # options by name, in any language
    await lea.types("/cm today", channel="")       # in the direct conversation
    await lea.suggests("/cm done", task="ve")      # the choices of autocomplete for the last option
    await lea.picks("Track with Vigie", message)   # context menu of a message, or of a user's id
    await lea.clicks(message, "Fait")              # by the beginning of label, emoji or custom_id
    await lea.chooses(message, "karim")            # an entry of a select, by a part of its value or label
    await lea.submits(answer, _0="Mirabelle")      # the form that an act opened; by custom_id or by number
    await lea.reacts(message, "1️⃣")                # and added=False
    await lea.writes("jour")                       # a line to the bot, in private
    lea.posts("bonjour")                           # an ordinary message (the bot hears none)

    discord.posted(CHANNEL)                        # what stands in a channel; discord.posted(discord.direct(LEA))
    discord.told(LEA)                              # what only she saw, in answers
    shown(message)                                 # its words
    discord.calls, discord.called("POST /channels/")
    await discord.join("Autre"), discord.leave(guild), discord.outage(guild, over=False), discord.remove(CHANNEL)
    discord.hidden, discord.mute, discord.closed   # channels not seen, channels not spoken in, people without DMs

    discord.fail("server", "GET /users/@me", status=503)           # faults.Fault: kind, where (a regex), times …
    discord.fail("error", "POST /interactions", status=404, code=10062)
    discord.gateway.refuse = 1; .silent = True; await .reconnect(); .invalidate(); .close(4000); .cut(); .forget()
    await discord.gateway.dispatch("ANY_EVENT", {}, GUILD)          # a poisoned one, for instance

Every body is judged: by Discord's OpenAPI file when JUDGES_DIR has it, and by what that file does not know
(`limits`). What Discord would refuse is answered with 400 and kept in `discord.complaints`; `stop()` asserts that there
is nothing there, so that a test which provokes a refusal has to clear it.
"""

from __future__ import annotations

from tests.fakes.discord.faults import Bucket, Fault, Pace
from tests.fakes.discord.interactions import Exchange
from tests.fakes.discord.people import CannotError, Someone
from tests.fakes.discord.screen import shown
from tests.fakes.discord.server import BOT, CHANNEL, GUILD, INES, KARIM, LEA, OTHER, TOKEN, TOM, FakeDiscord

__all__ = [
    "BOT", "CHANNEL", "GUILD", "INES", "KARIM", "LEA", "OTHER", "TOKEN", "TOM",
    "Bucket", "CannotError", "Exchange", "FakeDiscord", "Fault", "Pace", "Someone", "shown",
]  # fmt: skip
