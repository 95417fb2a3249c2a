"""« Plus tard » : said in local time, spoken of again once, questioned after three times, never lost over midnight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.story import tell

if TYPE_CHECKING:
    from tests.story import Story


async def test_it_says_the_local_time_and_speaks_of_it_then_once(story: Story) -> None:
    assert "je t’en reparle à 10 h" in await story.says("Léa", "décaler veille à 10h")

    shown = await story.until("10:30")

    assert [one.text.split("\n")[0] for one in shown if one.place == "@lea"] == [
        "Toujours à faire : la veille (avant 12 h)."
    ]


async def test_the_same_moment_asked_for_twice_is_one_message(story: Story) -> None:
    await story.says("Léa", "décaler veille à 10h")
    await story.says("Léa", "décaler veille à 10h")

    shown = await story.until("10:30")

    assert len([one for one in shown if one.place == "@lea"]) == 1


async def test_the_moment_asked_for_last_is_the_one_that_stands(story: Story) -> None:
    await story.says("Léa", "décaler veille à 10h")
    await story.says("Léa", "décaler veille à 10h30")

    shown = await story.until("10:45")

    assert [one.at.strftime("%H:%M") for one in shown if one.place == "@lea"] == ["10:30"]


async def test_what_is_done_meanwhile_is_not_spoken_of(story: Story) -> None:
    await story.says("Léa", "décaler veille à 10h")
    await story.says("Léa", "fait veille")

    shown = await story.until("10:30")

    assert not [one for one in shown if one.place == "@lea"]


async def test_what_nobody_holds_is_spoken_of_to_whoever_put_it_off(story: Story) -> None:
    await story.says("Léa", "rôle veille retirer Léa")
    assert "je t’en reparle à 10 h" in await story.says("Karim", "décaler veille à 10h")

    shown = await story.until("10:30")

    assert [one.place for one in shown if "la veille" in one.text and one.place.startswith("@")] == ["@karim"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("décaler veille 1h", "à 9 h 55"),
        ("décaler veille 15 min", "à 9 h 10"),
        ("reporter la veille d’une heure", "à 9 h 55"),
        ("plus tard veille cet après-midi", "à 14 h"),
        ("repousser veille à demain 9h", "mardi 24 novembre à 9 h"),
        ("snooze watch until 2pm", "à 14 h"),
        ("je décale la veille jusqu’à 11h", "à 11 h"),
        ("décaler demain", "mardi 24 novembre à 9 h"),
    ],
)
async def test_a_typed_moment_is_echoed(line: str, said: str, story: Story) -> None:
    assert said in await story.says("Léa", line)


async def test_past_the_deadline_is_allowed_and_said(story: Story) -> None:
    assert "après l’heure prévue (lundi 23 novembre à 12 h)" in await story.says("Léa", "décaler veille à 15h")


async def test_the_button_asks_when_with_what_is_still_to_come(story: Story) -> None:
    await story.until("15:00")
    await story.says("Léa", "jour")

    answer = await story.clicks("Léa", story.last, "Plus tard")

    assert "[1 15 min] [2 1 h] [3 Demain]" in answer


async def test_on_friday_the_next_working_day_is_a_choice_of_its_own(current_address: str) -> None:
    async with tell(current_address, start="2026-11-27T15:00") as story:
        await story.says("Léa", "plus tard veille")

        assert "lundi 30 novembre à 9 h" in await story.clicks("Léa", story.last, "lundi")


async def test_the_fourth_time_it_asks_to_give_or_to_skip(story: Story) -> None:
    for _ in range(3):
        await story.says("Léa", "décaler veille 15 min")
        await story.forward(minutes=20)

    answer = await story.says("Léa", "décaler veille 15 min")

    assert "Déjà 3 reports. On confie la veille à quelqu’un, ou pas cette fois ?" in answer
    assert "[1 Confier] [2 Pas cette fois] [3 Encore une heure]" in answer


async def test_one_more_hour_is_still_granted(story: Story) -> None:
    for _ in range(3):
        await story.says("Léa", "décaler veille 15 min")
        await story.forward(minutes=20)
    await story.says("Léa", "plus tard veille")

    assert "je t’en reparle à 10 h 55" in await story.clicks("Léa", story.last, "Encore une heure")


async def test_put_off_over_midnight_it_is_still_open_and_spoken_of(story: Story) -> None:
    await story.says("Léa", "décaler veille à demain 10h")

    shown = await story.until("2026-11-24T10:05")

    assert [one.at.strftime("%d %H:%M") for one in shown if one.place == "@lea" and "Toujours" in one.text][-1] == (
        "24 10:00"
    )


async def test_a_moment_that_is_past_is_refused_with_an_example(story: Story) -> None:
    assert "« hier 9h » est passé" in await story.says("Léa", "décaler veille hier 9h")


async def test_an_address_is_no_moment(story: Story) -> None:
    assert "Je n’ai pas compris quand : « https://exemple.fr »" in await story.says(
        "Léa", "décaler veille https://exemple.fr"
    )


async def test_an_old_button_whose_time_is_over_says_so(story: Story) -> None:
    await story.says("Léa", "plus tard veille")
    asked = story.last
    await story.until("15:00")

    assert "14 h, c’est passé" in await story.clicks("Léa", asked, "Cet après-midi")


async def test_two_moments_that_fit_are_two_buttons(current_address: str) -> None:
    async with tell(current_address, start="2026-11-25T08:00") as story:
        assert "Quel jour ?" in await story.says("Léa", "décaler veille vendredi prochain")

        assert "vendredi 4 décembre à 9 h" in await story.clicks("Léa", story.last, "vendredi 4")


async def test_my_list_shows_until_when_it_is_put_off(story: Story) -> None:
    await story.says("Léa", "décaler veille à 10h")

    assert "Plus tard : à 10 h" in await story.says("Léa", "jour")


async def test_a_colleagues_task_is_put_off_for_them(story: Story) -> None:
    assert "j’en reparle à Tom à 10 h" in await story.says("Léa", "décaler calendrier à 10h")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("décaler veille chaque lundi", "« tâche modifier veille tous les lundis à 9 h »"),
        ("décaler veille chaque jour à 10h", "« tâche modifier veille tous les jours à 10 h »"),
        ("snooze watch every Monday", "« tâche modifier watch tous les lundis à 9 h »"),
        ("décaler veille tous les deux jours", "« tâche modifier veille tous les lundis à 9 h »"),
    ],
)
async def test_a_rule_is_not_snoozed_but_changed(story: Story, line: str, said: str) -> None:
    answer = await story.says("Léa", line)

    assert "Décaler ne vaut que pour cette fois" in answer
    assert said in answer


async def test_a_title_that_sounds_like_a_rule_is_snoozed(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Relevé tous les jours à 17h")
    await story.says("Léa", "tâche modifier relevé → Relevé de chaque jour")
    await story.until("2026-11-24T09:00")

    assert "j’en reparle quand" in await story.says("Léa", "décaler relevé de chaque jour")
