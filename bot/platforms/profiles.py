"""Profiles of members: copied from their platform at first contact, and updated when they change.

1. Name and zone come from the platform. A zone equal to the team's is stored as None: it follows the team.
2. The language is the member's own choice, else the platform's, as long as it was never another one.
3. A closed account deactivates its member: open items go to the holder of their role, and the lead gets one message.
   The lead stays: a team always has one, and only a person can name another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.engine.recipients import hand_on_work
from bot.grammar.names import shortened
from bot.i18n import language_of
from bot.ids import new_id
from bot.platforms.first_contact import zone_of
from bot.record.audit import Entry
from bot.teams.member import Permission, distinct_name

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.ports import Store, Tx
    from bot.teams.member import Member
    from bot.teams.team import Team


_TAKEN_OUT = {"remove", "erase"}
_COMINGS_AND_GOINGS = {"join", "leave", "return", *_TAKEN_OUT}


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's profile on a platform; unknown fields are empty. `locale` is such as `fr-FR`, `zone` an IANA name."""

    account: str
    name: str = ""
    zone: str = ""
    locale: str = ""
    closed: bool = False
    """The account is closed."""


@dataclass(frozen=True, slots=True)
class _Change:
    """The stored member, and the member after the update."""

    team: Team
    before: Member
    after: Member


async def follow_profile(
    store: Store, platform: str, team: str, profile: Profile, before: Profile | None = None
) -> bool:
    """Update a member from a profile; `before` is the previous profile. False for a person who is not a member.

    Reads first: without a difference there is no write.
    """
    change = await store.read(lambda tx: _find_change(tx, platform, team, profile, before))
    if change is not None and change.before != change.after:
        await store.write(lambda tx: _save_change(tx, _find_change(tx, platform, team, profile, before)))
    return change is not None


async def follow_locale(store: Store, platform: str, team: str, profile: Profile, before: Profile | None) -> bool:
    """Update the language alone of a member from a profile; `before` is the previous profile.

    Returns False for a person who is not a member. Reads first: without a difference there is no write.
    """

    def find(tx: Tx) -> tuple[Member, Language | None] | None:
        installed = tx.teams.find(platform, team)
        member = tx.members.find(installed.id, platform, profile.account) if installed else None
        return (member, _choose_language(installed, member, profile, before)) if installed and member else None

    def save(tx: Tx) -> None:
        current = find(tx)
        if current is not None:
            tx.members.save(replace(current[0], language=current[1]))

    change = await store.read(find)
    if change is not None and change[0].language != change[1]:
        await store.write(save)
    return change is not None


def _find_change(tx: Tx, platform: str, external_id: str, profile: Profile, before: Profile | None) -> _Change | None:
    team = tx.teams.find(platform, external_id)
    member = tx.members.find(team.id, platform, profile.account) if team else None
    if team is None or member is None:
        return None
    after = _apply_profile(team, member, profile, before)
    colleagues = (other.name for other in tx.members.all(team.id) if other.id != member.id)
    is_same_name = _strip_number(member.name) == after.name
    name = member.name if is_same_name else distinct_name(after.name, colleagues)
    stays_out = after.active and not member.active and _was_taken_out(tx, member)
    return _Change(team, member, replace(after, name=name, active=after.active and not stays_out))


def _strip_number(name: str) -> str:
    """Return a member's name without the number that tells it from another one."""
    head, _, tail = name.rpartition(" ")
    return head if head and tail.isdecimal() else name


def _was_taken_out(tx: Tx, member: Member) -> bool:
    """Tell whether a person took the member out of the team last: an open account does not bring them back."""
    acts = (entry.act for entry in tx.audit.of_subject(member.team, "member", member.id))
    return next((act in _TAKEN_OUT for act in acts if act in _COMINGS_AND_GOINGS), False)


def _apply_profile(team: Team, member: Member, profile: Profile, before: Profile | None) -> Member:
    zone = zone_of(profile.zone) or member.zone
    return replace(
        member,
        name=shortened(profile.name, member.name),
        zone=None if zone == team.zone else zone,
        language=_choose_language(team, member, profile, before),
        active=not profile.closed or member.permission is Permission.LEAD,
    )


def _choose_language(team: Team, member: Member, profile: Profile, before: Profile | None) -> Language | None:
    locale_language = language_of(profile.locale)
    followed = member.language or team.language
    if locale_language in (None, followed) or member.language == team.language:  # the latter is stored by choice alone
        return member.language
    follows_platform = member.language is None if before is None else language_of(before.locale) == followed
    if not follows_platform:
        return member.language
    return None if locale_language == team.language else locale_language


def _save_change(tx: Tx, change: _Change | None) -> None:
    if change is None:
        return
    team, old, new = change.team, change.before, change.after
    tx.members.save(new)
    if old.active != new.active:
        act = "return" if new.active else "leave"
        tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, act, "member", old.id))
    if old.active and not new.active:
        hand_on_work(tx, new)
