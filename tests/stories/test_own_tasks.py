"""The team’s own tasks: added in one line, opened and spoken of at their moment, changed, paused, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.engine.schedule import Schedule
    from bot.tasks.task import Template
    from tests.story import Story

LINKEDIN = "tâche ajouter Relire la publication LinkedIn chaque vendredi à 15h pour Karim"


async def template(story: Story, key: str) -> Template:
    found = await story.app.store.read(lambda tx: tx.templates.keyed(story.place.team, key))
    assert found is not None, key
    return found


async def schedules(story: Story) -> dict[str, Schedule]:
    return {one.nudge: one for one in await story.app.store.read(lambda tx: list(tx.schedules.all(story.place.team)))}


async def acts(story: Story) -> list[str]:
    return [f"{entry.subject}.{entry.act}" for entry in await story.record()]


async def test_adding_says_back_who_and_the_next_two_dates(story: Story) -> None:
    said = await story.says("Léa", LINKEDIN)

    assert "Karim · tous les vendredis à 15 h (27 novembre, puis 4 décembre)" in said


async def test_english_says_the_same(story: Story) -> None:
    await story.says("Léa", "lang en")

    said = await story.says("Léa", "task add Proof-read LinkedIn every friday 3pm for Karim")

    assert "Noted: Proof-read LinkedIn · Karim · every Friday at 15:00" in said


async def test_at_its_moment_its_holder_is_told_in_private(story: Story) -> None:
    await story.says("Léa", LINKEDIN)

    events = await story.until("2026-11-27T15:00")

    told = [one for one in events if "LinkedIn" in one.text and one.place == "@karim"]
    assert [one.at.isoformat(timespec="minutes") for one in told] == ["2026-11-27T15:00"]


async def test_a_task_whose_moment_is_still_today_is_open_at_once(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h")

    assert "Acheter du ruban" in await story.says("Léa", "jour")


async def test_the_end_of_a_delay_is_a_deadline(story: Story) -> None:
    said = await story.says("Léa", "tâche ajouter Choisir les visuels pour vendredi")

    assert "d’ici vendredi 27 novembre à 18 h" in said
    assert "Choisir les visuels · pour vendredi" in await story.says("Léa", "jour")


async def test_a_one_off_of_another_day_opens_on_that_day_only(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Appeler l’imprimeur demain 10h")

    assert "imprimeur" not in await story.says("Léa", "jour")
    await story.until("2026-11-24T09:00")
    assert "imprimeur" in await story.says("Léa", "jour")
    await story.says("Léa", "fait imprimeur")
    await story.until("2026-11-25T09:00")
    assert "imprimeur" not in await story.says("Léa", "tâche lister")


async def test_a_role_may_have_the_task(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Trier la boîte chaque lundi à 10h pour l’animation")

    assert (await template(story, "trier-la-boite")).tasks[0].role == "community"
    assert "Animation de la communauté (Karim)" in await story.says("Léa", "tâche lister")


async def test_a_member_adds_for_oneself(story: Story) -> None:
    assert "Karim" in await story.says("Karim", "tâche ajouter Ranger les photos demain 9h")


@pytest.mark.parametrize("whom", ["Tom", "la veille"])
async def test_only_the_lead_adds_for_others(story: Story, whom: str) -> None:
    said = await story.says("Karim", f"tâche ajouter Ranger les photos demain 9h pour {whom}")

    assert "Seule la personne responsable (Léa)" in said
    assert "template.add" not in await acts(story)


async def test_an_unknown_person_is_said_so_and_nothing_is_added(story: Story) -> None:
    assert "Je ne connais pas « Zoé »" in await story.says("Léa", "tâche ajouter Ranger demain 9h pour Zoé")
    assert "template.add" not in await acts(story)


async def test_without_a_moment_it_asks_and_the_button_adds(story: Story) -> None:
    assert "Quand ?" in await story.says("Léa", "tâche ajouter Relire la charte pour Karim")

    said = await story.clicks("Léa", story.last, "demain")

    assert "Relire la charte · Karim · mardi 24 novembre à 9 h" in said


async def test_a_question_is_answered_once(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Relire la charte")
    asked = story.last
    await story.clicks("Léa", asked, "demain")

    assert "ne sert plus" in await story.clicks("Léa", asked, "chaque lundi")


async def test_an_ambiguous_rhythm_is_asked_with_its_two_starts(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Publier un lundi sur deux à 9h")

    said = await story.clicks("Léa", story.last, "un lundi sur deux à 9 h à partir du 30".replace(" h", "\u202fh"))

    assert "30 novembre, puis 14 décembre" in said


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("Publier tous les deux jours à 9h", "Je ne sais pas compter « tous les deux jours à 9h »"),
        ("Publier deux fois par semaine à 9h", "« deux fois par semaine à 9h » : quels jours ?"),
        ("Publier tous les lundis, sauf le 30 novembre, à 9h", "Une règle n’a pas d’exception"),
        ("Relire le 1er et le 15 du mois à 10h", "« le 1er et le 15 du mois à 10h » dit plusieurs moments"),
    ],
)
async def test_a_recurrence_beyond_the_grammar_is_refused_and_adds_nothing(
    story: Story, line: str, answer: str
) -> None:
    assert answer in await story.says("Léa", f"tâche ajouter {line}")
    assert "template.add" not in await acts(story)


async def test_every_second_monday_is_asked_from_when(story: Story) -> None:
    assert "À partir de quand ?" in await story.says("Léa", "tâche ajouter Story tous les deux lundis à 9h")

    said = await story.clicks("Léa", story.last, "un lundi sur deux à 9\u202fh à partir du 30")

    assert "Story · Léa · un lundi sur deux à 9 h (30 novembre, puis 14 décembre)" in said


async def test_a_capital_alone_ends_a_title(story: Story) -> None:
    assert "Vitamine D" in await story.says("Léa", "tâche ajouter Vitamine D chaque lundi à 9h")


async def test_the_same_title_twice_is_refused(story: Story) -> None:
    await story.says("Léa", LINKEDIN)

    assert "a déjà" in await story.says("Léa", LINKEDIN)


async def test_editing_makes_a_version_for_runs_to_come(story: Story) -> None:
    await story.says("Léa", LINKEDIN)

    assert "tous les jeudis à 10 h" in await story.says("Léa", "tâche modifier LinkedIn chaque jeudi à 10h")

    found = await template(story, "relire-la-publication-linkedin")
    assert found.version == 2
    events = await story.until("2026-11-27T18:00")
    told = [one.at for one in events if one.place == "@karim" and "C’est l’heure : Relire" in one.text]
    assert [f"{at:%Y-%m-%dT%H:%M}" for at in told] == ["2026-11-26T10:00"]


async def test_editing_the_time_of_today_moves_what_has_not_begun(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h pour Karim")
    await story.says("Léa", "tâche modifier ruban à 16h")

    events = await story.until("17:00")

    told = [f"{one.at:%H:%M}" for one in events if one.place == "@karim" and "ruban" in one.text]
    assert told == ["16:00"]


async def test_an_hour_alone_moves_the_times_of_a_rule_and_keeps_it(story: Story) -> None:
    said = await story.says("Léa", "tâche modifier veille à 10h")

    assert "tous les jours ouvrés à 10 h (23 novembre, puis 24 novembre)" in said
    assert "Veille du jour" in [one.text for one in await story.until("2026-11-24T10:00")][-1]


async def test_an_hour_alone_moves_a_team_s_own_rule_in_english(story: Story) -> None:
    await story.says("Léa", LINKEDIN)
    await story.says("Léa", "lang en")

    assert "every Friday at 10:00 (27 November" in await story.says("Léa", "task edit LinkedIn at 10am")


async def test_an_hour_that_is_past_today_still_moves_the_rule_and_today_keeps_its_own(story: Story) -> None:
    said = await story.says("Léa", "tâche modifier veille à 8h")

    assert "tous les jours ouvrés à 8 h (24 novembre" in said
    assert "Veille du jour" in await story.says("Léa", "jour")


async def test_one_hour_for_a_rule_of_two_is_asked_about(story: Story) -> None:
    assert "Quelles heures ?" in await story.says("Léa", "tâche modifier réponses à 10h")

    said = await story.clicks("Léa", story.last, "tous les jours ouvrés à 10\u202fh et 16")

    assert "à 10 h et 16" in said


@pytest.mark.parametrize("when", ["mardi 10h", "demain à 10h", "vendredi prochain", "avant 11h"])
async def test_a_date_does_not_end_what_recurs(story: Story, when: str) -> None:
    said = await story.says("Léa", f"tâche modifier veille {when}")

    assert "« Veille du jour » revient tous les jours ouvrés à 9 h" in said
    assert "tâche modifier veille tous les" in said
    assert (await template(story, "veille")).version == 1


async def test_a_date_for_what_recurs_tells_how_to_put_this_one_off(story: Story) -> None:
    said = await story.says("Léa", "tâche modifier veille mardi 10h")

    line = said.partition("Pour cette fois seulement : « ")[2].partition(" »")[0]
    assert "D’accord" in await story.says("Léa", line)


async def test_an_hour_alone_keeps_the_day_of_a_one_off(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Acheter du ruban vendredi 9h")

    assert "vendredi 27 novembre à 16 h" in await story.says("Léa", "tâche modifier ruban à 16h")


async def test_a_one_off_takes_another_date(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Acheter du ruban vendredi 9h")

    assert "mardi 24 novembre à 10 h" in await story.says("Léa", "tâche modifier ruban mardi 10h")


async def test_editing_there_and_back_loses_nothing(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h pour Karim")
    await story.says("Léa", "tâche modifier ruban à 16h")
    await story.says("Léa", "tâche modifier ruban à 14h")

    events = await story.until("17:00")

    assert [f"{one.at:%H:%M}" for one in events if one.place == "@karim" and "ruban" in one.text] == ["14:00"]


async def test_editing_the_person_gives_what_is_open(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h pour Karim")

    await story.says("Léa", "tâche modifier ruban pour Tom")

    assert "ruban" in await story.says("Tom", "jour")
    assert "ruban" not in await story.says("Karim", "jour")


async def test_renaming_keeps_the_task(story: Story) -> None:
    await story.says("Léa", LINKEDIN)

    assert "Relecture du vendredi" in await story.says("Léa", "tâche modifier LinkedIn → Relecture du vendredi")
    assert "Relecture du vendredi" in await story.says("Léa", "tâche lister")


async def test_pausing_stops_the_schedule_and_resuming_starts_it_again(story: Story) -> None:
    await story.says("Léa", LINKEDIN)
    key = "relire-la-publication-linkedin"

    await story.says("Léa", "tâche suspendre LinkedIn")
    assert key not in await schedules(story)
    assert "suspendue" in await story.says("Léa", "tâche lister")

    await story.says("Léa", "tâche reprendre LinkedIn")
    assert key in await schedules(story)


async def test_removing_stops_the_schedule_and_drops_what_is_open(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h pour Karim")

    await story.says("Léa", "tâche supprimer ruban")
    await story.clicks("Léa", story.last, "Confirmer")

    assert "acheter-du-ruban" not in await schedules(story)
    assert "ruban" not in await story.says("Karim", "jour")
    assert not [one for one in await story.until("18:00") if "C’est l’heure : Acheter" in one.text]


async def test_each_change_is_one_line_of_the_record(story: Story) -> None:
    before = len(await story.record())

    await story.says("Léa", LINKEDIN)
    await story.says("Léa", "tâche suspendre LinkedIn")

    assert (await acts(story))[before:] == ["template.add", "template.pause"]


async def test_the_record_holds_no_title(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Dossier-secret chaque lundi à 9h")

    assert "secret" not in repr(await story.record()).casefold()


async def test_a_member_does_not_change_somebody_elses_task(story: Story) -> None:
    await story.says("Léa", LINKEDIN)

    assert "Seule la personne responsable" in await story.says("Tom", "tâche supprimer LinkedIn")
    assert (await template(story, "relire-la-publication-linkedin")).state == "active"


async def test_one_s_own_task_is_one_s_to_change(story: Story) -> None:
    await story.says("Léa", LINKEDIN)

    assert "En pause" in await story.says("Karim", "tâche suspendre LinkedIn")


async def test_a_slip_of_the_pen_is_not_taken_for_a_title(story: Story) -> None:
    assert "Tu voulais dire « ajoute »" in await story.says("Léa", "tâche ajoutre Ranger demain 9h")


async def test_a_word_that_begins_otherwise_is_no_slip(story: Story) -> None:
    assert "C’est noté : Ranger" in await story.says("Léa", "todo Ranger à 15h")


async def test_a_past_moment_is_refused_with_what_to_type(story: Story) -> None:
    assert "est passé. Essaie « demain à 9 h »" in await story.says("Léa", "tâche ajouter Ranger hier 9h")


@pytest.mark.parametrize("title", ["'; DROP TABLE tasks; --", "<script>alert(1)</script>", "🎄🎄🎄", "مرحبا بالعالم"])
async def test_any_title_is_kept_and_found_again(story: Story, title: str) -> None:
    await story.says("Léa", f"tâche ajouter {title} chaque lundi à 9h")

    assert title in await story.says("Léa", "tâche lister")


async def test_a_title_of_ten_thousand_characters_is_answered(story: Story) -> None:
    said = await story.says("Léa", f"tâche ajouter {'a' * 3900} chaque lundi à 9h")

    assert "trop long" in said
    assert "template.add" not in await acts(story)


async def test_titles_with_one_slug_have_two_keys(story: Story) -> None:
    await story.says("Léa", "tâche ajouter 🎄 chaque lundi à 9h")
    await story.says("Léa", "tâche ajouter 🎁 chaque lundi à 9h")
    await story.says("Léa", "tâche ajouter Morning chaque lundi à 9h")

    keys = {one.key for one in await story.app.store.read(lambda tx: list(tx.templates.all(story.place.team)))}
    assert {"task-2", "task-3", "morning-2"} <= keys


async def test_a_near_name_is_asked_and_the_rest_of_the_line_is_kept(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Relire la lettre chaque lundi à 9h")
    await story.says("Léa", "tâche ajouter Relire la charte chaque lundi à 9h")
    assert "se ressemblent" in await story.says("Léa", "tâche modifier Relire chaque jeudi à 10h pour Tom")

    said = await story.clicks("Léa", story.last, "Relire la lettre")

    assert "Relire la lettre · Tom · tous les jeudis à 10 h" in said


async def test_a_long_list_has_twelve_lines_and_the_rest_behind_a_button(story: Story) -> None:
    for number in range(16):
        await story.says("Léa", f"tâche ajouter Ranger le lot {number} chaque lundi à 9h")

    said = await story.says("Léa", "tâche lister")
    assert "16 tâches de l’équipe" in said
    assert "… et 4 autres" in said
    assert "Ranger le lot 15" in await story.clicks("Léa", story.last, "La suite")


async def test_a_task_about_a_message_keeps_its_address_out_of_the_title(story: Story) -> None:
    said = await story.says("Léa", "tâche ajouter Relire la bio https://example.org/p/1 aujourd’hui à 10h")
    assert "Relire la bio, " in said or "Relire la bio" in said
    assert "https://example.org/p/1" in said
    await story.until("10:00")
    assert "https://example.org/p/1" in story.private("Léa")[-1]
    assert "https" not in next(line for line in story.private("Léa")[-1].splitlines() if "Relire la bio" in line)


async def test_an_address_alone_is_a_message_to_deal_with(story: Story) -> None:
    said = await story.says("Léa", "tâche ajouter https://example.org/p/1 demain à 9h")
    assert "Message à traiter" in said


async def test_the_address_is_still_there_once_the_moment_is_chosen(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Relire la bio https://example.org/p/1")
    said = await story.clicks("Léa", story.last, "demain")
    assert "https://example.org/p/1" in said


async def test_a_title_in_quotation_marks_is_kept_and_named_without_or_with_them(story: Story) -> None:
    assert "C’est noté : Relire la charte ·" in await story.says("Léa", "tâche ajouter « Relire la charte » demain 9h")
    assert "10 h" in await story.says("Léa", "tâche modifier « relire la charte » à 10h")
    assert "En pause" in await story.says("Léa", "tâche suspendre “Relire la charte”")
