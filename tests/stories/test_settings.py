"""A team changes its settings: one line of the record each, schedules derived again, the whole said back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.teams.team import Team
    from tests.story import Story


async def team(story: Story) -> Team:
    found = await story.app.store.read(lambda tx: tx.teams.get(story.place.team))
    assert found is not None
    return found


async def fires(story: Story, nudge: str) -> datetime | None:
    schedules = await story.app.store.read(lambda tx: list(tx.schedules.all(story.place.team)))
    return next(one.next_fire_at for one in schedules if one.nudge == nudge)


async def test_every_setting_is_shown(story: Story) -> None:
    said = await story.says("Tom", "réglages")

    for line in (
        "Fuseau : Paris (Europe/Paris)",
        "Jours travaillés : lundi–vendredi",
        "Horaires : 9 h–18 h",
        "Fermé : jours fériés de France",
        "Lundi de Pentecôte : férié",
        "Fermetures de l’équipe : aucune à venir",
        "Les fiches arrivent dans : #équipe",
        "Langue de l’équipe : français",
        "Je dis « tu »",
    ):
        assert line in said


@pytest.mark.parametrize(
    ("line", "said", "field", "value"),
    [
        ("réglages fuseau Montréal", "Fuseau : Montréal (America/Montreal)", "zone", "America/Montreal"),
        ("settings timezone Europe/Brussels", "Fuseau : Bruxelles (Europe/Brussels)", "zone", "Europe/Brussels"),
        ("paramètres pays Belgique", "Fermé : jours fériés de Belgique", "country", "BE"),
        ("réglages pays Japon", "Fermé : jours fériés (Japon)", "country", "JP"),
        ("réglages région Alsace-Moselle", "jours fériés de France (ALSACE-MOSELLE)", "subdivision", "ALSACE-MOSELLE"),
        ("réglages jours lundi-jeudi", "Jours travaillés : lundi–jeudi", "working_days", (1, 2, 3, 4)),
        ("réglages jours lundi, mercredi", "Jours travaillés : lundi et mercredi", "working_days", (1, 3)),
        ("réglages horaires 8h30-17h", "Horaires : 8 h 30–17 h", "opens", time(8, 30)),
        ("réglages pentecôte ouvert", "Lundi de Pentecôte : travaillé", "whit_monday", False),
        ("réglages vous", "Je dis : « vous » (avant : « tu »)", "formal", True),
        ("réglages langue en", "Language of the team: English (was: French)", "language", "en"),
    ],
)
async def test_a_setting_is_changed_said_and_written_once(
    story: Story, line: str, said: str, field: str, value: object
) -> None:
    before = len(await story.record())

    assert said in await story.says("Léa", line)

    assert getattr(await team(story), field) == value
    assert [(one.subject, one.act) for one in (await story.record())[before:]] == [("team", "settings")]


async def test_another_zone_moves_the_schedules(story: Story) -> None:
    await story.says("Léa", "réglages fuseau Europe/London")

    assert await fires(story, "morning") == datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_another_zone_keeps_the_hours_of_what_is_open(story: Story) -> None:
    await story.says("Léa", "réglages fuseau Europe/London")

    assert "Veille du jour · avant 12 h" in await story.says("Léa", "jour")


async def test_a_reminder_asked_for_survives_another_zone(story: Story) -> None:
    await story.says("Léa", "rappel demain 9h dentiste")
    await story.says("Léa", "réglages fuseau Europe/London")

    await story.until("2026-11-24T10:05")

    assert [one.at.hour for one in story.events if one.place == "@lea" and "C’est l’heure" in one.text] == [10]


async def test_the_reminder_before_a_deadline_follows_another_zone(story: Story) -> None:
    await story.says("Léa", "réglages fuseau Europe/London")

    await story.until("2026-11-23T13:00")

    told = [one.at for one in story.events if one.place == "@lea" and "Toujours à faire" in one.text]
    assert [(at.hour, at.minute) for at in told] == [(12, 45)]


async def test_an_alert_keeps_its_instant_in_another_zone(story: Story) -> None:
    await story.says("Léa", "alerte commentaire furieux")
    await story.says("Léa", "réglages fuseau Europe/London")

    # Raised at 8:55 with nobody on call: its hour runs from 9:00 in Paris to 10:00, which is 9:00 in London.
    assert "avant 9 h" in await story.says("Karim", "jour")


async def test_a_set_up_again_in_another_zone_keeps_the_hours_of_what_is_open(story: Story) -> None:
    await story.says("Léa", "configurer Instagram où Londres")

    assert "Veille du jour · avant 12 h" in await story.says("Léa", "jour")


async def test_a_closure_moves_the_morning_card(story: Story) -> None:
    await story.says("Léa", "réglages fermeture 24 novembre")
    await story.until("2026-11-23T20:00")

    assert await fires(story, "morning") == datetime(2026, 11, 25, 8, tzinfo=UTC)


async def test_a_moment_that_is_due_is_not_lost_to_a_change(story: Story) -> None:
    story.clock.move_to(datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC))

    await story.says("Léa", "réglages horaires 9h-17h")

    assert any("Veille du jour" in card for card in story.channel)


async def test_a_span_of_closures_and_their_removal(story: Story) -> None:
    await story.says("Léa", "réglages fermeture du 24 au 26 décembre")
    assert (await team(story)).closures == frozenset(date(2026, 12, day) for day in (24, 25, 26))

    await story.says("Léa", "réglages fermeture retirer 25 décembre")
    assert (await team(story)).closures == frozenset(date(2026, 12, day) for day in (24, 26))


async def test_closures_that_follow_one_another_are_said_as_a_span(story: Story) -> None:
    await story.says("Léa", "réglages fermeture du 24 décembre au 2 janvier")

    said = await story.says("Léa", "réglages fermeture 30 novembre")
    assert "Fermé : 30 novembre. Pas de fiche ni de rappel ce jour-là." in said

    said = await story.says("Léa", "réglages")
    assert "Fermetures de l’équipe : 30 novembre et du 24 décembre au 2 janvier" in said


async def test_a_closure_over_new_year(story: Story) -> None:
    await story.says("Léa", "réglages fermeture du 30 décembre au 2 janvier")

    assert max((await team(story)).closures) == date(2027, 1, 2)


async def test_another_country_forgets_the_old_subdivision(story: Story) -> None:
    await story.says("Léa", "réglages région Alsace-Moselle")
    await story.says("Léa", "réglages pays Suisse")

    assert (await team(story)).subdivision is None
    assert "jours fériés de Suisse (GE)" in await story.says("Léa", "réglages canton Genève")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("réglages fuseau Trifouilly", "Je ne connais pas le fuseau horaire"),
        ("réglages pays Atlantide", "Je ne connais pas les jours fériés"),
        ("réglages région Plouf", "Je ne connais pas « PLOUF »"),
        ("réglages horaires 18h-9h", "Ces horaires ne vont pas"),
        ("réglages horaires 12h-14h", "Ces horaires ne vont pas"),
        ("réglages horaires tard", "Quels horaires"),
        ("réglages jours jamais", "Quels jours"),
        ("réglages fermeture hier", "est passé"),
        ("réglages fermeture", "Quel jour"),
        ("réglages pentecôte peut-être", "Ouvert ou fermé"),
        ("réglages langue klingon", "Je parle français et anglais"),
        ("réglages plouf", "Je n’ai pas compris « plouf »"),
        ("réglages tu", "C’est déjà ainsi"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(story: Story, line: str, said: str) -> None:
    before = await team(story)

    assert said in await story.says("Léa", line)

    assert await team(story) == before


async def test_only_the_lead_changes_settings(story: Story) -> None:
    assert "Seule la personne responsable (Léa)" in await story.says("Tom", "réglages horaires 8h-17h")


async def test_vous_reaches_the_words_of_tasks(story: Story) -> None:
    await story.says("Léa", "réglages vous")

    assert "Faites le tour" in await story.says("Léa", "checklist voir veille")


async def test_my_language_is_mine_alone(story: Story) -> None:
    assert "I speak English to you." in await story.says("Tom", "langue anglais")

    assert "Nothing left" in await story.says("Tom", "jour") or "Your day" in await story.says("Tom", "jour")
    assert "Ta journée" in await story.says("Léa", "jour")


async def test_an_unknown_language_is_refused(story: Story) -> None:
    assert "Je parle français et anglais" in await story.says("Tom", "langue klingon")


@pytest.mark.parametrize(
    ("line", "zone", "country", "subdivision"),
    [
        ("réglages Genève", "Europe/Zurich", "CH", None),
        ("réglages Lyon, Belgique", "Europe/Paris", "BE", None),
        ("réglages pays Québec", "Europe/Paris", "CA", "QC"),
        ("réglages fuseau Abidjan", "Africa/Abidjan", "FR", None),
    ],
)
async def test_a_place_is_named_by_any_city_or_region(
    story: Story, line: str, zone: str, country: str, subdivision: str | None
) -> None:
    await story.says("Léa", line)
    settled = await team(story)

    assert (settled.zone, settled.country, settled.subdivision) == (zone, country, subdivision)


@pytest.mark.parametrize(
    ("line", "days"), [("réglages fermeture du 1er au 15 août", 15), ("réglages vacances du 24 au 31 décembre", 8)]
)
async def test_a_closure_is_said_from_a_day_to_another(story: Story, line: str, days: int) -> None:
    await story.says("Léa", line)

    assert len((await team(story)).closures) == days
