"""The fake is a Discord that clients which we did not write can use."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord import CHANNEL, GUILD, KARIM, LEA, FakeDiscord, Someone, judge, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    made = await FakeDiscord().start()
    yield made
    await made.stop()


class Bare(discord.Client):
    """A client as their documentation writes one."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True))
        self.tree = app_commands.CommandTree(self)
        self._connection.guild_ready_timeout = 0.05
        self.seen: list[Any] = []

        @self.tree.command(name="cm", description="dire")
        @app_commands.describe(ligne="la ligne", qui="la personne")
        async def cm(interaction: discord.Interaction, ligne: str, qui: discord.Member | None = None) -> None:
            if ligne == "tard":
                await interaction.response.defer(ephemeral=True)
                await interaction.edit_original_response(content="enfin")
            elif ligne == "formulaire":
                await interaction.response.send_modal(_Form())
            else:
                await interaction.response.send_message(f"bonjour {qui and qui.display_name}", view=_View())

        @cm.autocomplete("ligne")
        async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{current}ille", value="veille")]

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.seen.append(event)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.seen.append(event)


class _View(discord.ui.View):
    @discord.ui.button(label="Fait", custom_id="done")
    async def done(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="c’est fait", view=None)


class _Form(discord.ui.Modal, title="Trois questions"):
    team: discord.ui.Label[Any] = discord.ui.Label(
        text="L’équipe", component=discord.ui.TextInput(custom_id="team", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.team.component, discord.ui.TextInput)
        await interaction.response.send_message(f"merci {self.team.component.value}", ephemeral=True)


@asynccontextmanager
async def connected(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bare]:
    monkeypatch.setattr(Route, "BASE", fake.api)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway_url))
    async with Bare() as client:
        await client.login(fake.token)
        running = asyncio.create_task(client.connect())
        await asyncio.wait_for(client.wait_until_ready(), 5)
        await client.tree.sync()
        yield client
        await client.close()
        await running


@pytest.fixture
async def client(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bare]:
    async with connected(fake, monkeypatch) as made:
        yield made


async def test_a_command_is_answered_in_the_channel_and_its_button_edits_the_answer(
    fake: FakeDiscord, client: Bare
) -> None:
    lea = Someone(fake)
    answer = await lea.types("/cm", ligne="bonjour", qui=Someone(fake, KARIM))
    assert answer.message
    assert shown(answer.message) == "bonjour Karim\nFait"
    pressed = await Someone(fake, KARIM).clicks(fake.posted()[-1], "Fait")
    assert pressed.kind == 7
    assert shown(fake.posted()[-1]) == "c’est fait"


async def test_a_deferred_answer_settles_later_and_is_private(fake: FakeDiscord, client: Bare) -> None:
    answer = await Someone(fake).types("/cm", ligne="tard")
    assert (answer.kind, answer.private) == (5, True)
    assert [shown(one) for one in fake.told(LEA)] == ["enfin"]
    assert fake.posted() == []


async def test_choices_are_suggested(fake: FakeDiscord, client: Bare) -> None:
    assert await Someone(fake).suggests("/cm", ligne="ve") == [{"name": "veille", "value": "veille"}]


async def test_a_form_is_opened_and_sent(fake: FakeDiscord, client: Bare) -> None:
    opened = await Someone(fake).types("/cm", ligne="formulaire")
    sent = await Someone(fake).submits(opened, team="Mirabelle")
    assert sent.message
    assert shown(sent.message) == "merci Mirabelle"


async def test_a_reaction_put_on_and_taken_off_is_told(fake: FakeDiscord, client: Bare) -> None:
    said = await client.get_partial_messageable(int(CHANNEL), guild_id=int(GUILD)).send("une carte", nonce="n1")
    again = await client.get_partial_messageable(int(CHANNEL), guild_id=int(GUILD)).send("une carte", nonce="n1")
    assert said.id == again.id
    message = fake.posted()[0]
    await Someone(fake).reacts(message, "1️⃣")
    await Someone(fake).reacts(message, "1️⃣", added=False)
    while len(client.seen) < 2:  # noqa: ASYNC110  # they come by themselves
        await asyncio.sleep(0.005)
    assert [(one.event_type, str(one.emoji), one.user_id) for one in client.seen] == [
        ("REACTION_ADD", "1️⃣", int(LEA)), ("REACTION_REMOVE", "1️⃣", int(LEA)),
    ]  # fmt: skip


async def test_what_discord_refuses_is_refused_and_kept(fake: FakeDiscord, client: Bare) -> None:
    where = client.get_partial_messageable(int(CHANNEL))
    with pytest.raises(discord.HTTPException) as caught:
        await where.send("x" * 2001)
    assert caught.value.code == 50035
    assert len(fake.complaints) == 1
    fake.complaints.clear()


@pytest.mark.skipif(bool(judge.why_not()), reason=judge.why_not() or "judged")
async def test_discords_own_file_judges_every_body(fake: FakeDiscord, client: Bare) -> None:
    with pytest.raises(discord.HTTPException):
        await client.http.request(Route("POST", "/channels/{channel_id}/messages", channel_id=CHANNEL), json={"tts": 3})
    assert fake.complaints
    fake.complaints.clear()
