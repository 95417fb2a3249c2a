"""The schema of defaults.yaml: the times, limits and emoji of teams without their own.

All values are in that file; a team's own file contains only those that it changes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from bot.catalogue.timing import At, FaultError, Frozen, Weekday

Minutes = Annotated[int, Field(ge=1, le=60 * 24)]
Count = Annotated[int, Field(ge=1, le=1000)]
Percent = Annotated[int, Field(ge=0, le=100)]


def _drop_required(schema: dict[str, Any]) -> None:
    """Make all fields optional in the JSON Schema: a team's file is merged over ours before validation."""
    schema.pop("required", None)


class _Group(Frozen):
    model_config = ConfigDict(json_schema_extra=_drop_required)


class TimeRange(_Group):
    """A range between two times of day."""

    start: At
    end: At

    @model_validator(mode="after")
    def _check_order(self) -> TimeRange:
        if self.start >= self.end:
            raise FaultError("catalogue.block_in_order", "a span ends after it starts")
        return self


class WeekMoment(_Group):
    """A time on a weekday."""

    weekday: Weekday
    at: At


class Moments(_Group):
    """Times of the scheduled messages, in the team's zone. Tasks have their own rhythm in tasks.yaml."""

    morning: At
    recap: At
    friday: WeekMoment
    """The one line of the week's end in the channel."""
    proposal: WeekMoment
    """What could be added, once, at the end of the first week."""
    before_closing: Minutes
    """The latest that the day's last words come, when a team leaves early."""
    afternoon: At
    """What « this afternoon » means when something is put off."""
    tomorrow: At
    """When a thing put off to another day comes back."""
    lunch: TimeRange
    """Urgent only."""
    working_hours: TimeRange
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)]


class Limits(_Group):
    """Limits on the number and the size of messages."""

    window_minutes: Minutes
    """One message per destination within it."""
    notifications_a_day: Count
    """For one person; urgent ones are not counted."""
    channel_messages_a_day: Count
    """New messages in a channel; urgent ones and edits are not counted."""
    card_lines: Count
    items_on_a_card: Count
    catch_up_lines: Count
    snoozes: Count
    """After so many, the product asks whether to hand it over or skip it."""


class Ladder(_Group):
    """Delays of reminders and escalations of an open item, in minutes."""

    remind_before: Minutes
    """A routine item's one private reminder, before its deadline."""
    unclaimed: Minutes
    """An urgent item that nobody took goes to the next person after so long, and again."""
    reminders: Count
    escalations: Count


class Alerts(_Group):
    """Comments and messages that must be answered within a time."""

    urgent_minutes: Minutes
    normal_at: At
    """Those that can wait are due the same day, before this time."""
    crisis_after: Count
    """So many for one brand within `crisis_window_minutes` propose the crisis playbook."""
    crisis_window_minutes: Minutes
    status_every: Minutes
    """How often an open crisis asks for news."""


class Influencers(_Group):
    """Default intervals between contacts, in days, and the window in which two colleagues collide, in hours."""

    ideal_days: Count
    maximum_days: Count
    warn_hours: Count
    history: Count


class Mix(_Group):
    """The 70/20/10 gauge."""

    weeks: Count
    tolerance: Percent
    """Points on either side."""


class Quotas(_Group):
    """The time at which the owner of a quota is warned that the day cannot reach its minimum."""

    nudge_at_percent: Percent
    """Of the working day."""


class Face(_Group):
    """The emoji of one meaning, as characters and as the names that Slack gives them."""

    unicode: Annotated[tuple[str, ...], Field(min_length=1)]
    slack: Annotated[tuple[str, ...], Field(min_length=1)]


Meaning = Literal["done", "mine", "seen", "later", "skip", "alert", "asked"]


class Defaults(_Group):
    """The root of the defaults."""

    moments: Moments
    limits: Limits
    ladder: Ladder
    alerts: Alerts
    snooze_minutes: Annotated[tuple[Minutes, ...], Field(min_length=1)]
    influencers: Influencers
    mix: Mix
    quotas: Quotas
    arrival_a_week: Count
    """Arrival tasks that a newcomer gets in a week, at most."""
    dashboard_months: Count
    turns_ahead: Count
    """How many turns of a rotation can be seen."""
    reactions: dict[Meaning, Face]
    first_week: tuple[str, ...]
    """Tasks that a team sees in its first week."""

    @model_validator(mode="after")
    def _check_distinct_faces(self) -> Defaults:
        faces = [name for face in self.reactions.values() for name in {*face.unicode, *face.slack}]
        if len(faces) != len(set(faces)):
            raise FaultError("catalogue.one_meaning", "one emoji has two meanings")
        return self
