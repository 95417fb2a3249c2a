"""Setting a team up: three questions, what was understood, what will come; done twice, wrong, or by a stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.message import Form
from bot.request import Request, Submitted, Typed
from bot.teams.team import Installation, Team
from tests.story import easy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.message import Field, Reply
    from bot.ports import Tx
    from bot.request import What
    from bot.teams.member import Member
    from tests.story import Story

TYPED = "configurer Instagram, Facebook, LinkedIn veille Léa réponses Karim planning Tom"
NEW = "new-workspace"


async def answer(story: Story, what: What, *, actor: str = "U1", people: Mapping[str, str] | None = None) -> Reply:
    """What a team that was just installed is answered."""
    key = f"new-{next(story.keys)}"
    request = Request(key, "console", NEW, actor, what, "general", "Zoé", people or {})
    return await story.app.pipeline.receive(request)


def fields(reply: Reply) -> dict[str, Field]:
    assert reply.message is not None
    form = next(block for block in reply.message.blocks if isinstance(block, Form))
    return {one.name: one for one in form.fields}


async def team_of(story: Story, external: str = NEW) -> Team:
    found = await story.app.store.read(lambda tx: tx.teams.find("console", external))
    assert found is not None
    return found


async def members_of(story: Story) -> list[Member]:
    team = await team_of(story)
    return await story.app.store.read(lambda tx: list(tx.members.all(team.id)))


@pytest.fixture
async def fresh(story: Story) -> Story:
    """Beside the demo team, one that was installed a minute ago and has nobody."""

    def install(tx: Tx) -> None:
        tx.teams.add(Team("N" * 22, "Nouvelle équipe"), Installation("N" * 22, "console", NEW))

    await story.app.store.write(install)
    return story


async def test_what_was_understood_is_said_in_one_sentence(story: Story) -> None:
    said = await story.says("Léa", TYPED)

    assert (
        "J’ai compris : Paris, lundi–vendredi 9 h–18 h, jours fériés de France, "
        "Facebook, Instagram et LinkedIn. Léa fait la veille, Karim les réponses, Tom le planning." in said
    )
    assert "[1 C’est bon] [2 Corriger]" in said


async def test_one_person_with_several_roles_is_said_once(story: Story) -> None:
    said = await story.says("Léa", "configurer Instagram veille moi réponses Léa planning Tom")

    assert "Léa fait la veille et les réponses, Tom le planning." in said


async def test_what_will_come_is_computed_from_the_schedules(story: Story) -> None:
    await story.until("2026-11-27T10:00")

    said = await story.says("Léa", TYPED)

    monday = "Voici ce que tu recevras lundi : à 9 h la fiche du jour avec la veille ; à 10 h le contact influenceur"
    assert monday in said


async def test_what_will_come_follows_a_changed_rhythm(story: Story) -> None:
    await story.says("Léa", "tâche modifier veille chaque jour ouvré à 8h")

    assert "à 8 h la veille ; à 9 h la fiche du jour" in await story.says("Léa", TYPED)


async def test_trying_it_answers_with_the_card_as_it_would_be_now(story: Story) -> None:
    await story.says("Léa", TYPED)

    said = await story.clicks("Léa", story.last, "Tester")

    assert "Lundi 23 novembre" in said
    assert "○ Veille du jour · Léa · avant 12 h" in said
    assert story.channel == []


async def test_nothing_to_correct_is_answered_too(story: Story) -> None:
    await story.says("Léa", TYPED)

    assert "C’est prêt" in await story.clicks("Léa", story.last, "C’est bon")


async def test_correcting_opens_the_form_with_what_was_guessed(story: Story) -> None:
    reply = await story.reply("Léa", Typed("configurer"))

    assert reply.visibility == "form"
    place = fields(reply)["place"].value[0].replace("\u202f", " ")
    assert place == "Paris, France, lundi–vendredi, 9 h–18 h"


async def test_the_guess_is_corrected_in_one_line(story: Story) -> None:
    said = await story.says("Léa", "configurer Instagram lieu Montréal, Canada, lundi-jeudi 8h30-16h30")

    assert "J’ai compris : Montréal, lundi–jeudi 8 h 30–16 h 30, jours fériés du Canada, Instagram." in said
    team = await team_of(story, "atelier")
    assert (team.zone, team.country, team.working_days) == ("America/Montreal", "CA", (1, 2, 3, 4))


async def test_the_form_as_it_was_opened_changes_nothing_of_the_guess(story: Story) -> None:
    before = await team_of(story, "atelier")
    opened = fields(await story.reply("Léa", Typed("configurer")))

    await story.submits("Léa", "setup", {name: one.value for name, one in opened.items()})

    assert await team_of(story, "atelier") == before


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"networks": ()}, "networks", "Choisis au moins un réseau"),
        ({"networks": ("myspace",)}, "networks", "Choisis au moins un réseau"),
        ({"networks": ("x",), "veille": ("U404",)}, "veille", "Je ne connais pas"),
        ({"networks": ("x",), "place": ("Trifouilly",)}, "place", "Je n’ai pas compris"),
        ({"networks": ("x",), "place": ("Paris, 18h-9h",)}, "place", "Ces horaires ne vont pas"),
    ],
)
async def test_an_error_stands_beside_its_field_and_nothing_changes(
    story: Story, values: Mapping[str, tuple[str, ...]], field: str, said: str
) -> None:
    before = len(await story.record())

    reply = await story.reply("Léa", Submitted("setup", values))

    assert reply.visibility == "form"
    assert [name for name, one in fields(reply).items() if said in one.error] == [field]
    assert fields(reply)["networks"].value == values["networks"]
    assert len(await story.record()) == before


async def test_setting_up_twice_is_safe(story: Story) -> None:
    await story.says("Léa", TYPED)
    first = await story.says("Léa", "jour équipe")
    holdings = await story.app.store.read(lambda tx: list(tx.roles.holdings(story.place.team)))

    await story.says("Léa", TYPED)

    assert await story.says("Léa", "jour équipe") == first
    assert await story.app.store.read(lambda tx: list(tx.roles.holdings(story.place.team))) == holdings


async def test_setting_up_again_gives_open_items_to_whoever_holds_them_now(story: Story) -> None:
    await story.says("Léa", "configurer Instagram veille Tom")

    assert "Veille du jour" in await story.says("Tom", "jour")


async def test_i_do_not_know_yet_is_an_answer(story: Story) -> None:
    said = await story.says("Léa", "configurer Instagram veille je ne sais pas encore réponses Karim")

    assert "Léa fait la veille, Karim les réponses" in said


async def test_only_the_lead_sets_up_again(story: Story) -> None:
    assert "Seule la personne responsable (Léa)" in await story.says("Tom", TYPED)


async def test_an_unknown_network_is_said_with_known_ones(story: Story) -> None:
    assert "Je ne connais pas le réseau « MySpace »" in await story.says("Léa", "configurer MySpace veille moi")


async def test_whoever_sets_a_new_team_up_leads_it(fresh: Story) -> None:
    reply = await answer(fresh, Submitted("setup", {"networks": ("instagram",), "veille": ("U1",)}))

    assert reply.message is not None
    assert "Zoé fait la veille" in easy(reply.message)
    assert [(one.name, one.permission) for one in await members_of(fresh)] == [("Zoé", "lead")]
    assert (await team_of(fresh)).ready


async def test_strangers_named_by_mention_become_members(fresh: Story) -> None:
    line = Typed("configurer Instagram veille <@U2> réponses <@U3>")

    await answer(fresh, line, people={"U2": "Léo", "U3": "Ana"})

    assert {(one.name, str(one.permission)) for one in await members_of(fresh)} == {
        ("Zoé", "lead"), ("Léo", "member"), ("Ana", "member"),
    }  # fmt: skip


async def test_strangers_picked_in_the_form_become_members(fresh: Story) -> None:
    values = {"networks": ("instagram",), "veille": ("U2",)}

    await answer(fresh, Submitted("setup", values), people={"U2": "Léo"})

    assert "Léo" in {one.name for one in await members_of(fresh)}


async def test_a_form_that_is_refused_makes_nobody_a_member(fresh: Story) -> None:
    values = {"networks": (), "veille": ("U2",)}

    await answer(fresh, Submitted("setup", values), people={"U2": "Léo"})

    assert await members_of(fresh) == []
    assert not (await team_of(fresh)).ready


@pytest.mark.parametrize("name", ["<b>Léo</b>", "'; DROP TABLE members; --", "🎄", "\u202eoéL", "L" * 10_000])
async def test_any_name_of_a_platform_is_kept_within_bounds(fresh: Story, name: str) -> None:
    await answer(fresh, Typed("configurer Instagram veille <@U2>"), people={"U2": name})

    kept = next(one.name for one in await members_of(fresh) if one.name != "Zoé")
    assert 0 < len(kept) <= 80
    assert "\u202e" not in kept


async def test_before_set_up_other_commands_say_what_to_type(fresh: Story) -> None:
    reply = await answer(fresh, Typed("tâche lister"))

    assert reply.message is not None
    assert "Trois questions suffisent" in easy(reply.message)


async def test_two_teams_share_nothing(fresh: Story) -> None:
    await answer(fresh, Submitted("setup", {"networks": ("instagram",)}))

    reply = await answer(fresh, Typed("influenceur lister"))

    assert reply.message is not None
    assert "La liste est vide" in easy(reply.message)
