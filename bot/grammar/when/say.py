"""Moments and rhythms said back in words. What is said here reads again as the same value (a property test)."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, assert_never

from bot.engine.rhythm import (
    Closed,
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rhythm,
    Rule,
    Weekly,
    WorkingDays,
    Yearly,
    nominals,
)
from bot.grammar.when.day import without_year
from bot.grammar.when.lexer import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, time

    from bot.grammar.when.tokens import Vocabulary
    from bot.i18n import Language
    from bot.teams.calendar import WorkCalendar

_A_YEAR = timedelta(days=365)
_MONTH_END = 31
_SHOWN = 2
_SEARCHED = 24
_VOWELS = "aeiou"


def say_time(at: time, language: Language) -> str:
    """« 9 h », « 16 h 30 »; "9:00", "16:30"."""
    echo = vocabulary(language).echo
    return (echo.minutes if at.minute else echo.hour).format(hour=at.hour, minute=at.minute)


def say_date(day: date, language: Language, today: date) -> str:
    """« 1er avril », "19 November", with the year when it is far or would be read as another."""
    written = _day_month(day.day, day.month, vocabulary(language))
    near = day - today < _A_YEAR and without_year(day.day, day.month, today) == day
    return written if near else f"{written} {day.year}"


def say_moment(local: datetime, language: Language, *, now_local: datetime) -> str:
    """A naive local moment in full: « jeudi 19 novembre à 9 h », "Thursday 19 November at 9:00"."""
    return _say(vocabulary(language).echo.moment, local, language, now_local.date())


def say_delay(local: datetime, language: Language, *, now_local: datetime) -> str:
    """The end of a delay in full: « d’ici vendredi 20 novembre à 18 h », "by Friday 20 November at 18:00"."""
    return _say(vocabulary(language).echo.by, local, language, now_local.date())


def _say(template: str, local: datetime, language: Language, today: date) -> str:
    words = vocabulary(language)
    date_said, time_said = say_date(local.date(), language, today), say_time(local.time(), language)
    return template.format(weekday=words.weekdays[local.weekday()], date=date_said, time=time_said)


def usual_policy(rule: Rule) -> Closed:
    """Return the policy for closed days of a rule without a stated policy.

    Daily skips, for tomorrow's comes anyway; rarer ones go to the next working day, so that none is lost; a date that
    somebody chose stays (its message waits for working hours).
    """
    match rule:
        case Daily() | WorkingDays() | MonthlyWorkingDay():
            return Closed.SKIP
        case Once():
            return Closed.KEEP
        case Weekly() | MonthlyDate() | MonthlyWeekday() | Yearly():
            return Closed.AFTER
        case _:
            assert_never(rule)


def say_rhythm(rhythm: Rhythm, language: Language) -> str:
    """Say a rhythm in words, with its bounds and the week that it is counted from: « tous les lundis à 8 h 30 »."""
    return _bounded(_write_times(rhythm, language), rhythm, _start(rhythm), language)


def say_rhythm_with_next(rhythm: Rhythm, calendar: WorkCalendar, now_local: datetime, language: Language) -> str:
    """Say a rhythm and its next two dates: « un lundi sur deux à 9 h (23 novembre, puis 7 décembre) ».

    Its first date is left out where the next one tells as much, or once it is past.
    """
    echo = vocabulary(language).echo
    coming = _coming(rhythm, calendar, now_local)
    start = _start(rhythm)
    if isinstance(rhythm.rule, Weekly) and rhythm.rule.every > 1:
        shown = not _tells(coming, rhythm.rule)
    else:
        shown = start is not None and start >= calendar.previous_working(now_local.date())
    echo_text = _bounded(
        _write_times(rhythm, language), rhythm, start if shown or rhythm.bounds.count is not None else None, language
    )
    if not coming or isinstance(rhythm.rule, Once):
        return echo_text
    dates = echo.coming_joint.join(say_date(day, language, now_local.date()) for day in coming)
    return echo.coming.format(rhythm=echo_text, dates=dates)


def _start(rhythm: Rhythm) -> date | None:
    """Return the first date to say: every N weeks always has one, which tells the weeks that count."""
    rule, start = rhythm.rule, rhythm.bounds.start
    if isinstance(rule, Weekly) and rule.every > 1:
        return rule.first_from(start) if start else rule.first()
    return start


def _bounded(echo_text: str, rhythm: Rhythm, start: date | None, language: Language) -> str:
    """Add the bounds, which parse back whatever their order."""
    words, bounds = vocabulary(language), rhythm.bounds
    if bounds.months:
        first, last = (words.months[month - 1] for month in bounds.months)
        vowel = words.echo.season_vowel if first[0] in _VOWELS else words.echo.season
        echo_text = (words.echo.season_month if first == last else vowel).format(rule=echo_text, first=first, last=last)
    if start and bounds.end:
        echo_text = words.echo.between.format(
            rule=echo_text, first=_full_date(start, words), last=_full_date(bounds.end, words)
        )
    elif start:
        echo_text = words.echo.since.format(rule=echo_text, date=_full_date(start, words))
    elif bounds.end:
        echo_text = words.echo.until.format(rule=echo_text, date=_full_date(bounds.end, words))
    return words.echo.count.format(rule=echo_text, count=bounds.count) if bounds.count is not None else echo_text


def _full_date(day: date, words: Vocabulary) -> str:
    return f"{_day_month(day.day, day.month, words)} {day.year}"


def _coming(rhythm: Rhythm, calendar: WorkCalendar, now_local: datetime) -> list[date]:
    following = islice(nominals(rhythm, calendar, now_local), _SEARCHED * len(rhythm.times))
    return list(dict.fromkeys(nominal.date() for nominal in following))[:_SHOWN]


def _tells(coming: Sequence[date], rule: Weekly) -> bool:
    """Tell whether the first date is a date of the rule, unmoved, so that it tells which weeks count."""
    return bool(coming) and coming[0].isoweekday() in rule.days and rule.in_turn(coming[0])


def _write_times(rhythm: Rhythm, language: Language) -> str:
    echo = vocabulary(language).echo
    times = _joined([say_time(at, language) for at in rhythm.times], vocabulary(language))
    echo_text = echo.times.format(rule=_rule(rhythm.rule, vocabulary(language)), times=times)
    if rhythm.closed is usual_policy(rhythm.rule):
        return echo_text
    return echo.closed[rhythm.closed].format(rule=echo_text)


def _rule(rule: Rule, words: Vocabulary) -> str:
    echo = words.echo
    match rule:
        case Daily():
            return echo.daily
        case WorkingDays():
            return echo.working
        case Weekly():
            return _weekly(rule, words)
        case MonthlyDate():
            template = echo.month_end if rule.day == _MONTH_END else echo.month_day
            return template.format(day=_day(rule.day, words), nth=_ranked(rule.day, words))
        case MonthlyWeekday():
            return echo.month_weekday.format(rank=_rank(rule.nth, words), days=words.weekdays[rule.day - 1])
        case MonthlyWorkingDay():
            return echo.month_working.format(rank=_rank(rule.nth, words))
        case Yearly():
            return echo.yearly.format(date=_day_month(rule.day, rule.month, words))
        case Once():
            written = f"{_day_month(rule.on.day, rule.on.month, words)} {rule.on.year}"
            return echo.once.format(weekday=words.weekdays[rule.on.weekday()], date=written)
        case _:
            assert_never(rule)


def _weekly(rule: Weekly, words: Vocabulary) -> str:
    names = [words.weekdays[day - 1] for day in rule.days]
    if rule.every == 1:
        return words.echo.weekly.format(days=_joined([words.echo.plural.format(name) for name in names], words))
    if len(names) > 1:
        template = words.echo.one_week_in
    else:
        template = words.echo.one_in_two if rule.every == _SHOWN else words.echo.one_in
    return template.format(days=_joined(names, words), every=_figure(rule.every, words))


def _joined(parts: Sequence[str], words: Vocabulary) -> str:
    *head, last = parts
    if not head:
        return last
    return ", ".join(head) + (words.echo.joint if len(head) == 1 else words.echo.joint_many) + last


def _figure(number: int, words: Vocabulary) -> str:
    return words.numbers[number - 1] if number <= len(words.ranks) else str(number)


def _rank(nth: int, words: Vocabulary) -> str:
    if nth < 0:
        return words.last
    return words.ranks[nth - 1] if nth <= len(words.ranks) else _ranked(nth, words)


def _ranked(number: int, words: Vocabulary) -> str:
    suffixes = words.echo.suffixes
    return f"{number}{suffixes.get(number, suffixes[0])}"


def _day(number: int, words: Vocabulary) -> str:
    return words.echo.first if number == 1 else str(number)


def _day_month(number: int, month: int, words: Vocabulary) -> str:
    return f"{_day(number, words)} {words.months[month - 1]}"
