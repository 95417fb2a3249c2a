from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import RefusalError
from bot.grammar.when import Moment, moment
from bot.teams.calendar import WorkCalendar
from tests.bot.grammar.when.scene import FRANCE, NOW, PARIS, read, said

FRENCH = [
    # the days
    ("demain 9h", "2026-11-19 09:00"),
    ("demain", "2026-11-19 09:00"),
    ("demain à 9 h 30", "2026-11-19 09:30"),
    ("9h demain", "2026-11-19 09:00"),
    ("après-demain à midi", "2026-11-20 12:00"),
    ("apres demain midi et demi", "2026-11-20 12:30"),
    ("demain en huit 9h", "2026-11-26 09:00"),
    ("lundi", "2026-11-23 09:00"),
    ("lundi 14h30", "2026-11-23 14:30"),
    ("lun. 14h30", "2026-11-23 14:30"),
    ("lundi prochain", "2026-11-23 09:00"),
    ("lundi en huit 14h", "2026-11-30 14:00"),
    ("lundi en quinze", "2026-12-07 09:00"),
    ("lundi de la semaine prochaine à 9 heures", "2026-11-23 09:00"),
    ("ce vendredi à 9 heures moins le quart", "2026-11-20 08:45"),
    ("vendredi à 9 heures et quart", "2026-11-20 09:15"),
    ("le prochain jour ouvré", "2026-11-19 09:00"),
    ("le 15", "2026-12-15 09:00"),
    ("le 15 du mois prochain à 10h", "2026-12-15 10:00"),
    ("le 31", "2026-12-31 09:00"),
    ("le dernier jour ouvré du mois à 16h", "2026-11-30 16:00"),
    ("le premier lundi du mois prochain", "2026-12-07 09:00"),
    ("le premier lundi du mois", "2026-12-07 09:00"),
    ("le 1er avril à 10h", "2027-04-01 10:00"),
    ("1 avril 2028 10:00", "2028-04-01 10:00"),
    ("27 nov 9h", "2026-11-27 09:00"),
    ("le lundi 23 novembre à 8h", "2026-11-23 08:00"),
    ("lundi 23", "2026-11-23 09:00"),
    ("29 février", "2028-02-29 09:00"),
    ("12/3 14h", "2027-03-12 14:00"),
    ("12/03/2027 14h", "2027-03-12 14:00"),
    ("1/1/27 8h", "2027-01-01 08:00"),
    ("12.03.2027", "2027-03-12 09:00"),
    ("2026-12-24 16:30", "2026-12-24 16:30"),
    # the parts of the day
    ("ce midi", "2026-11-18 12:00"),
    ("ce soir", "2026-11-18 18:00"),
    ("cet après-midi", "2026-11-18 14:00"),
    ("en fin de journée", "2026-11-18 17:00"),
    ("demain en fin de matinée", "2026-11-19 11:00"),
    ("demain matin", "2026-11-19 09:00"),
    ("demain matin à 8 h 15", "2026-11-19 08:15"),
    ("demain après-midi 3h", "2026-11-19 15:00"),
    ("à 8 h du soir", "2026-11-18 20:00"),
    ("neuf heures et demie demain", "2026-11-19 09:30"),
    ("11h", "2026-11-18 11:00"),
    ("minuit", "2026-11-19 00:00"),
    # the lengths
    ("dans un quart d'heure", "2026-11-18 10:15"),
    ("dans une demi-heure", "2026-11-18 10:30"),
    ("dans trois quarts d’heure", "2026-11-18 10:45"),
    ("dans 20 min", "2026-11-18 10:20"),
    ("dans 2h", "2026-11-18 12:00"),
    ("dans 1h30", "2026-11-18 11:30"),
    ("dans une heure et demie", "2026-11-18 11:30"),
    ("dans deux heures et quart", "2026-11-18 12:15"),
    ("dans 24 heures", "2026-11-19 10:00"),
    ("dans deux jours", "2026-11-20 09:00"),
    ("dans deux jours à 14h", "2026-11-20 14:00"),
    ("dans huit jours", "2026-11-25 09:00"),
    ("dans quinze jours", "2026-12-02 09:00"),
    ("dans 15 jours à 11h", "2026-12-02 11:00"),
    ("dans 3 jours ouvrés", "2026-11-23 09:00"),
    ("dans une semaine", "2026-11-25 09:00"),
    ("dans trois mois", "2027-02-18 09:00"),
    ("dans un an", "2027-11-18 09:00"),
    # the delays
    ("d'ici vendredi", "by 2026-11-20 18:00"),
    ("d’ici à vendredi 17h", "by 2026-11-20 17:00"),
    ("d'ici au 15", "by 2026-12-15 18:00"),
    ("d'ici ce soir", "by 2026-11-18 18:00"),
    ("d'ici demain midi", "by 2026-11-19 12:00"),
    ("d'ici demain matin", "by 2026-11-19 12:00"),
    ("d'ici une heure", "by 2026-11-18 11:00"),
    ("d'ici quinze jours", "by 2026-12-02 18:00"),
    ("d'ici la fin de la semaine", "by 2026-11-20 18:00"),
    ("avant la fin du mois", "by 2026-11-30 18:00"),
    ("d'ici la fin du mois", "by 2026-11-30 18:00"),
    ("dans l'après-midi", "2026-11-18 14:00"),
    ("avant 17h", "by 2026-11-18 17:00"),
    ("avant vendredi midi", "by 2026-11-20 12:00"),
    ("pour vendredi", "by 2026-11-20 18:00"),
    # what has to be asked
    ("vendredi prochain", "?which_day 2026-11-20 09:00 | 2026-11-27 09:00"),
    ("mercredi 11h", "?which_day 2026-11-18 11:00 | 2026-11-25 11:00"),
    ("mercredi en huit", "?which_day 2026-11-25 09:00 | 2026-12-02 09:00"),
    ("aujourd'hui", "?which_time 2026-11-18 14:00 | 2026-11-18 17:00"),
    ("demain à minuit", "?which_midnight 2026-11-19 00:00 | 2026-11-20 00:00"),
    ("demain à 9", "?which_hour 2026-11-19 09:00 | 2026-11-19 21:00"),
    ("avant vendredi", "?before by 2026-11-19 18:00 | by 2026-11-20 18:00"),
    # what has to be refused
    ("9h", "!past"),
    ("hier 9h", "!past"),
    ("avant-hier", "!past"),
    ("ce matin", "!past"),
    ("19 octobre", "!past"),
    ("le 2 mars 2020", "!past"),
    ("ce lundi", "!past"),
    ("il y a deux heures", "!past"),
    ("dans 0 minutes", "!past"),
    ("31 février", "!impossible"),
    ("31/11", "!impossible"),
    ("12/13", "!impossible"),
    ("demain 25h", "!impossible"),
    ("demain 9h75", "!impossible"),
    ("demain 14h du matin", "!impossible"),
    ("29 février 2027", "!impossible"),
    ("mardi 23 novembre", "!weekday"),
    ("lundi 12", "!weekday"),
    ("le lundi à 9h", "!unknown"),
    ("tous les lundis", "!unknown"),
    ("lundis 9h", "!unknown"),
    ("15", "!unknown"),
    ("demain vers 9h", "2026-11-19 09:00"),
    ("demain ou lundi", "!unknown"),
    ("n'importe quand", "!unknown"),
    ("", "!unknown"),
    ("demain demain", "!unknown"),
    ("dans 9999 semaines", "!too_far"),
    ("1er janvier 2050", "!too_far"),
    ("demain " * 60, "!too_long"),
]

ENGLISH = [
    ("tomorrow at 8:15am", "2026-11-19 08:15"),
    ("tomorrow 4pm", "2026-11-19 16:00"),
    ("tomorrow at 12 am", "2026-11-19 00:00"),
    ("tomorrow at noon", "2026-11-19 12:00"),
    ("the day after tomorrow at 9:00", "2026-11-20 09:00"),
    ("in an hour and a half", "2026-11-18 11:30"),
    ("in two and a half hours", "2026-11-18 12:30"),
    ("in half an hour", "2026-11-18 10:30"),
    ("in a quarter of an hour", "2026-11-18 10:15"),
    ("in 90 minutes", "2026-11-18 11:30"),
    ("in 3 working days", "2026-11-23 09:00"),
    ("in a fortnight", "2026-12-02 09:00"),
    ("in 2 weeks at noon", "2026-12-02 12:00"),
    ("monday at 9:00", "2026-11-23 09:00"),
    ("on monday 23 november 2026 at 9:00", "2026-11-23 09:00"),
    ("at 9:00 on monday", "2026-11-23 09:00"),
    ("monday week 9:00", "2026-11-30 09:00"),
    ("a week on monday at noon", "2026-11-30 12:00"),
    ("a week from tomorrow", "2026-11-26 09:00"),
    ("friday next week 4pm", "2026-11-27 16:00"),
    ("this friday", "2026-11-20 09:00"),
    ("next working day at 10:00", "2026-11-19 10:00"),
    ("November 19th at 4pm", "2026-11-19 16:00"),
    ("Nov 23rd, 2026 at 4:30 p.m.", "2026-11-23 16:30"),
    ("3rd of december", "2026-12-03 09:00"),
    ("on the 15th", "2026-12-15 09:00"),
    ("last friday of the month 4pm", "2026-11-27 16:00"),
    ("last working day of the month at 4pm", "2026-11-30 16:00"),
    ("quarter to 4 pm", "2026-11-18 15:45"),
    ("this afternoon", "2026-11-18 14:00"),
    ("tonight", "2026-11-18 18:00"),
    ("tomorrow morning at 8", "2026-11-19 08:00"),
    ("tomorrow in the evening at 8", "2026-11-19 20:00"),
    ("end of day", "2026-11-18 17:00"),
    ("13/3", "2027-03-13 09:00"),
    ("3/3", "2027-03-03 09:00"),
    ("by friday", "by 2026-11-20 18:00"),
    ("by the end of the week", "by 2026-11-20 18:00"),
    ("tomorrow 9.30am", "2026-11-19 09:30"),
    ("by 5pm", "by 2026-11-18 17:00"),
    ("by end of day", "by 2026-11-18 18:00"),
    ("within an hour", "by 2026-11-18 11:00"),
    ("12/3 14:00", "?which_date 2026-12-03 14:00 | 2027-03-12 14:00"),
    ("next friday", "?which_day 2026-11-20 09:00 | 2026-11-27 09:00"),
    ("tomorrow at 8", "?which_hour 2026-11-19 08:00 | 2026-11-19 20:00"),
    ("half past 4 tomorrow", "?which_hour 2026-11-19 04:30 | 2026-11-19 16:30"),
    ("before friday", "?before by 2026-11-19 18:00 | by 2026-11-20 18:00"),
    ("at 9", "?which_time 2026-11-18 21:00 | 2026-11-19 09:00"),
    ("yesterday 9am", "!past"),
    ("2 hours ago", "!past"),
    ("13pm", "!impossible"),
    ("february 30", "!impossible"),
    ("tuesday 23 november", "!weekday"),
    ("mondays at 9", "!unknown"),
    ("sometime soon", "!unknown"),
]


@pytest.mark.parametrize(("text", "expected"), FRENCH)
def test_french_moments_said_on_a_wednesday_at_ten(text: str, expected: str) -> None:
    assert expected == read(text, "fr")


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_english_moments_said_on_a_wednesday_at_ten(text: str, expected: str) -> None:
    assert expected == read(text, "en")


def test_the_table_is_as_long_as_promised() -> None:
    assert len([one for _, one in FRENCH + ENGLISH if one[0] not in "!?"]) >= 60


def test_the_next_week_is_a_choice_of_its_working_days() -> None:
    assert read("la semaine prochaine").count("|") == 4
    assert read("la semaine prochaine").startswith("?which_day 2026-11-23 09:00")


@pytest.mark.parametrize(
    "text", ["après-demain à 9h", "APRÈS DEMAIN A 9H", "apres\u00a0demain à 9\u202fh", "après‑demain, 9h ?"]
)
def test_accents_case_hyphens_and_spaces_make_no_difference(text: str) -> None:
    assert read(text) == "2026-11-20 09:00"


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "ʼ", "`"])
def test_every_apostrophe_is_one(apostrophe: str) -> None:
    assert read(f"d{apostrophe}ici vendredi") == "by 2026-11-20 18:00"


def test_the_person_s_language_comes_first_and_the_other_one_is_understood() -> None:
    assert read("tomorrow at 4pm", "fr") == read("demain 16h", "en") == "2026-11-19 16:00"
    assert read("12/3", "fr") == "2027-03-12 09:00"
    assert read("12/3", "en").startswith("?which_date")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-16", "2026-11-23 09:00"),  # a Monday: the coming one is next week's too
        ("2026-11-17", "2026-11-23 09:00"),
        ("2026-11-22", "2026-11-23 09:00"),
    ],
)
def test_lundi_prochain_is_asked_only_where_two_mondays_fit(day: str, expected: str) -> None:
    assert expected == read("lundi prochain", now=datetime.fromisoformat(day).replace(hour=10, tzinfo=PARIS))


def test_vendredi_prochain_on_a_friday_is_in_a_week() -> None:
    assert read("vendredi prochain", now=datetime(2026, 11, 20, 10, tzinfo=PARIS)) == "2026-11-27 09:00"


def test_a_past_hour_suggests_tomorrow_and_the_suggestion_is_understood() -> None:
    with pytest.raises(RefusalError) as refusal:
        said("9h30")

    assert refusal.value.key == "when.past"
    assert refusal.value.params == {"text": "9h30", "example": "demain à 9\u202fh\u202f30"}
    assert read(str(refusal.value.params["example"])) == "2026-11-19 09:30"


def test_a_weekday_that_contradicts_its_date_is_told() -> None:
    with pytest.raises(RefusalError) as refusal:
        said("mardi 23 novembre")

    assert refusal.value.params == {"date": date(2026, 11, 23)}


def test_what_is_said_back_in_a_refusal_is_short() -> None:
    with pytest.raises(RefusalError) as refusal:
        said("x" * 250)

    assert len(str(refusal.value.params["text"])) <= 61


def test_a_length_is_never_shorter_than_asked() -> None:
    late = NOW.replace(second=59)

    assert read("dans 1 minute", now=late) == "2026-11-18 10:02"


def test_a_moment_has_both_its_local_time_and_its_instant() -> None:
    expected = Moment(datetime.fromisoformat("2026-11-19 09:00"), datetime(2026, 11, 19, 8, tzinfo=UTC))

    assert expected == said("demain 9h")


def test_a_time_that_the_clocks_jump_over_is_said_as_the_first_one_after_it() -> None:
    saturday = datetime(2026, 3, 28, 10, tzinfo=PARIS)

    assert read("demain 2h30", now=saturday) == "2026-03-29 03:00"


def test_a_length_across_the_autumn_change_counts_real_hours() -> None:
    before = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    found = said("dans 1h30", now=before)

    assert isinstance(found, Moment)
    assert found.at == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert found.local == datetime.fromisoformat("2026-10-25 03:00")


def test_the_day_is_the_one_of_the_person_s_zone() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    found = moment("demain 9h", now=NOW, zone=auckland, calendar=FRANCE, language="fr")

    assert isinstance(found, Moment)
    assert found.local == datetime.fromisoformat("2026-11-19 09:00").replace(day=19)
    assert found.at == datetime(2026, 11, 18, 20, tzinfo=UTC)


def test_now_has_to_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        said("demain 9h", now=NOW.replace(tzinfo=None))


def test_working_days_are_the_team_s() -> None:
    bridge = WorkCalendar(closures=frozenset({date(2026, 11, 19), date(2026, 11, 20)}))
    found = moment("dans un jour ouvré à 10h", now=NOW, zone=PARIS, calendar=bridge, language="fr")

    assert isinstance(found, Moment)
    assert found.local == datetime.fromisoformat("2026-11-23 10:00")
