"""What cannot wait: told to its holder, then the backup, then the lead, in working time; then it is silent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.engine.posting import Ref
from bot.request import Clicked, Reacted
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.story import Event, Story

LINK = "https://facebook.com/atelier/posts/1"
URGENT = re.compile(r"Urgent|Pas encore pris|.* : l’échéance était")


@pytest.fixture
async def monday(seeded_address: str) -> AsyncIterator[Story]:
    """Monday 23 November, 9:40: the morning card is out; Karim holds the community role, Inès is his backup."""
    async with tell(seeded_address) as story:
        await story.says("Léa", "role animation binôme Inès")
        await story.until("09:40")
        yield story


def _told(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Who was told of something urgent in private, and when."""
    posts = [one for one in events if one.kind == "post" and one.place.startswith("@")]
    return [(f"{one.at:%d %H:%M}", one.place) for one in posts if URGENT.match(one.text)]


def _card(story: Story) -> int:
    """The number of the newest message in the channel."""
    return max(one.number for one in story.events if one.kind == "post" and one.place.startswith("#"))


# Alerts


async def test_an_alert_is_a_card_in_the_channel_with_its_time_and_who_is_asked(monday: Story) -> None:
    answer = await monday.says("Léa", f"alerte {LINK} commentaire furieux")

    card = monday.channel[-1]
    assert "À répondre avant 10 h 40. Je préviens Karim." in answer
    assert card.startswith("Alerte : Commentaire furieux")
    assert LINK in card
    assert "À répondre avant 10 h 40." in card
    assert "Karim, tu t’en charges ?" in card


async def test_unclaimed_it_goes_to_the_backup_then_to_the_lead_and_stops(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")

    shown = await monday.until("2026-11-24T08:00")

    assert _told(shown) == [("23 10:00", "@ines"), ("23 10:20", "@lea")]


async def test_the_lead_is_not_asked_to_tell_the_lead(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")

    await monday.until("10:25")

    assert "Prévenir Léa" in monday.private("Inès")[-1]
    assert "Prévenir" not in monday.private("Léa")[-1]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://exemple.fr/commentaire/12", "Réponse à donner\n"),
        ("https://x.com/p/1", "Réponse à donner · X\n"),
        ("https://twitter.com/p/1", "Réponse à donner · X\n"),
        ("https://m.facebook.com/p/1", "Réponse à donner · Facebook\n"),
        ("https://exxonmobil.com/p/1", "Réponse à donner\n"),
    ],
)
async def test_an_address_names_its_network_by_whole_words(monday: Story, address: str, said: str) -> None:
    await monday.says("Tom", f"alerte {address}")

    assert monday.channel[-1].startswith(f"Alerte : {said}")


async def test_who_raises_an_alert_of_their_own_is_told_so(monday: Story) -> None:
    assert "Elle est pour toi." in await monday.says("Karim", f"alerte {LINK}")


async def test_at_its_ceiling_it_is_a_line_of_the_lead_s_recap(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")

    shown = await monday.until("17:35")

    [recap] = [one.text for one in shown if one.place == "@lea" and one.at.hour == 17]
    assert "Toujours ouvert :" in recap
    assert "Réponse à donner · Facebook · Karim" in recap


@pytest.mark.parametrize("label", ["Je m’en charge", "C’est fait"])
async def test_claimed_or_answered_it_climbs_no_further(label: str, monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    card = _card(monday)
    await monday.clicks("Inès", card, label)

    assert _told(await monday.until("18:00")) == []


async def test_the_card_says_who_has_it_and_then_how_long_it_took(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    card = _card(monday)
    await monday.clicks("Inès", card, "Je m’en charge")
    assert "Inès s’en charge." in monday.channel[-1]

    await monday.until("10:05")
    await monday.says("Inès", "fait alerte")

    [text] = [one for one in monday.channel if "Réponse à donner" in one]
    assert "Répondu en 25 min." in text


async def test_the_lead_can_be_told_before_their_turn(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    answer = await monday.clicks("Karim", _card(monday), "Prévenir Léa")

    assert "Je préviens Léa." in answer
    assert _told(monday.events)[-1:] == [("23 09:40", "@lea")]
    assert _told(await monday.until("18:00")) == []


async def test_flagged_twice_it_is_one_alert(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    cards = len(monday.channel)

    assert "déjà ouverte" in await monday.says("Léa", f"alerte {LINK} encore lui")
    assert len(monday.channel) == cards


async def test_an_alert_can_be_taken_back(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    await monday.clicks("Tom", monday.last, "Annuler")

    assert _told(await monday.until("18:00")) == []


async def test_an_alert_is_said_at_lunch_too(monday: Story) -> None:
    await monday.until("12:10")
    await monday.says("Tom", f"alerte {LINK}")

    assert "Karim, tu t’en charges ?" in monday.channel[-1]
    assert _told(await monday.until("12:35")) == [("23 12:30", "@ines")]


async def test_twenty_minutes_are_counted_in_working_time(monday: Story) -> None:
    await monday.until("2026-11-27T17:50")
    await monday.says("Tom", f"alerte {LINK}")

    assert _told(await monday.until("2026-11-30T12:00")) == [("30 09:10", "@ines"), ("30 09:30", "@lea")]


async def test_with_nobody_on_call_it_waits_for_the_opening(monday: Story) -> None:
    await monday.until("2026-11-28T11:00")
    answer = await monday.says("Tom", f"alerte {LINK}")
    shown = await monday.until("2026-11-30T08:59")

    assert "Personne d’astreinte : l’alerte partira lundi 30 novembre à 9 h." in answer
    assert shown == []
    assert any("Karim, tu t’en charges ?" in one.text for one in await monday.until("2026-11-30T09:01"))


async def test_who_is_on_call_is_told_at_once_and_nobody_else_is_woken(monday: Story) -> None:
    await monday.says("Léa", "role astreinte Tom")
    await monday.until("2026-11-28T11:00")
    before = len(monday.events)
    await monday.says("Inès", f"alerte {LINK}")
    await monday.until("2026-11-30T08:59")

    assert _told(monday.events[before:]) == [("28 11:00", "@tom"), ("28 11:20", "@tom")]
    assert _told(await monday.until("2026-11-30T12:00")) == [("30 09:00", "@lea")]


async def test_an_emoji_on_anybody_s_message_raises_one(monday: Story) -> None:
    answer = await monday.does("Tom", Reacted("🚨", Ref("équipe", "foreign-1"), link=LINK))

    assert "À répondre avant" in answer
    assert LINK in monday.channel[-1]


async def test_a_shortcut_on_a_message_raises_one(monday: Story) -> None:
    assert "À répondre avant" in await monday.does("Tom", Clicked("alert", LINK))


async def test_a_stranger_s_emoji_raises_none(monday: Story) -> None:
    cards = len(monday.channel)

    assert await monday.does("inconnue", Reacted("🚨", Ref("équipe", "foreign-1"), link=LINK)) == ""
    assert len(monday.channel) == cards


async def test_in_english(current_address: str) -> None:
    async with tell(current_address, language="en", start="2026-11-23T09:40") as story:
        answer = await story.says("Tom", f"alert {LINK}")

        assert "Reply by 10:40. I’m letting Karim know." in answer
        assert "Karim, can you take this?" in story.channel[-1]


# Any task


async def test_an_emoji_on_a_task_of_ours_starts_the_ladder(monday: Story) -> None:
    assert "Qu’est-ce qui est urgent ?" in await monday.reacts("Tom", _card(monday), "🚨")
    answer = await monday.clicks("Tom", monday.last, "Contact influenceur")

    assert "Contact influenceur : c’est urgent. Je préviens Inès." in answer
    assert _told(monday.events) == [("23 09:40", "@ines")]


async def test_who_says_so_is_not_told_themselves(monday: Story) -> None:
    await monday.reacts("Inès", _card(monday), "🚨")
    await monday.clicks("Inès", monday.last, "Contact influenceur")

    assert _told(monday.events) == [("23 09:40", "@lea")]


@pytest.mark.parametrize(("who", "stops"), [("Inès", True), ("Tom", False)])
async def test_seen_ends_it_from_who_answers_for_it_only(who: str, stops: bool, monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    await monday.reacts(who, _card(monday), "👀")

    assert (_told(await monday.until("18:00")) == []) is stops


async def test_put_off_by_its_holder_it_comes_back_then(monday: Story) -> None:
    await monday.says("Tom", f"alerte {LINK}")
    await monday.says("Karim", "décaler alerte à 10h30")

    assert [at for at, _ in _told(await monday.until("18:00"))][:1] == ["23 10:30"]


async def test_statistics_past_their_deadline_go_to_the_holder_twice_then_to_the_lead(current_address: str) -> None:
    async with tell(current_address, start="2026-11-30T08:00") as story:
        await story.until("2026-12-01T10:05")
        await story.says("Léa", "confier statistiques à Karim")

        shown = await story.until("2026-12-08T08:00")

    assert _told(shown) == [("04 09:00", "@karim"), ("04 09:20", "@karim"), ("04 09:40", "@lea")]


async def test_late_statistics_are_the_holder_s_own_and_a_relay_for_the_lead(current_address: str) -> None:
    async with tell(current_address, start="2026-11-30T08:00") as story:
        await story.until("2026-12-01T10:05")
        await story.says("Léa", "confier statistiques à Karim")

        await story.until("2026-12-04T09:45")
        [own, relay] = [story.private(name)[-1] for name in ("Karim", "Léa")]

    assert own.startswith("Statistiques du mois : l’échéance était jeudi 3 décembre à 18 h.")
    assert "Nouvelle date" in own
    assert "Je m’en charge" not in own
    assert relay.startswith("Pas encore pris : les chiffres du mois. Karim est au courant. Tu prends le relais ?")


async def test_late_statistics_are_in_progress_for_the_channel(current_address: str) -> None:
    async with tell(current_address, start="2026-11-30T08:00") as story:
        await story.until("2026-12-04T09:05")

        assert "Statistiques du mois · Léa · en cours" in story.channel[-1]
        assert "3 décembre" not in story.channel[-1]


async def test_an_alert_out_of_hours_is_promised_for_the_opening_alone(current_address: str) -> None:
    async with tell(current_address, start="2026-11-23T08:55") as story:
        await story.until("20:55")

        answer = await story.says("Léa", f"alerte {LINK}")

        assert answer.startswith("Noté. Personne d’astreinte : l’alerte partira mardi 24 novembre à 9 h.")
        assert "21 h 55" not in answer
        await story.until("2026-11-24T09:05")
        assert any("À répondre avant 10 h." in card for card in story.channel)


async def test_statistics_in_time_are_urgent_for_nobody(current_address: str) -> None:
    async with tell(current_address, start="2026-11-30T08:00") as story:
        await story.until("2026-12-03T10:00")
        await story.says("Léa", "fait statistiques")

        assert _told(await story.until("2026-12-08T08:00")) == []
