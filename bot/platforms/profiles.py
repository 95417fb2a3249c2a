"""What a platform says of somebody who is a member: kept at first sight, and followed when it changes.

1. Their name and zone are the platform's. A zone that is the team's is not kept: it follows the team's.
2. Their language is what they asked for; else their platform's, as long as it was never another one.
3. An account that is closed is a member no more: their open items go to whoever holds the role then, the lead is told
   once. The lead stays: a team has one at any time, and only a person can name another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.engine.lead_alerts import tell_lead
from bot.grammar.names import shortened
from bot.ids import new_id
from bot.platforms.first_contact import language_of, zone_of
from bot.record.audit import Entry
from bot.teams.member import Permission
from bot.teams.role_changes import hand_on
from bot.teams.roster import roster

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.ports import Store, Tx
    from bot.teams.member import Member
    from bot.teams.team import Team


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as a platform knows them; what it does not say is empty. `locale` is such as `fr-FR`, `zone` IANA."""

    account: str
    name: str = ""
    zone: str = ""
    locale: str = ""
    gone: bool = False
    """The account is closed."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The member as they are, and as they should be."""

    team: Team
    was: Member
    now: Member


async def meet(store: Store, platform: str, team: str, profile: Profile, before: Profile | None = None) -> bool:
    """Keep what a platform says of a person; `before` is what it said last. False for somebody who is no member.

    Looks first: nothing is written where nothing is new.
    """
    found = await store.read(lambda tx: _found(tx, platform, team, profile, before))
    if found is not None and found.was != found.now:
        await store.write(lambda tx: _keep(tx, _found(tx, platform, team, profile, before)))
    return found is not None


def _found(tx: Tx, platform: str, external_id: str, profile: Profile, before: Profile | None) -> _Found | None:
    team = tx.teams.find(platform, external_id)
    member = tx.members.find(team.id, platform, profile.account) if team else None
    return _Found(team, member, _told(team, member, profile, before)) if team and member else None


def _told(team: Team, member: Member, profile: Profile, before: Profile | None) -> Member:
    zone = zone_of(profile.zone) or member.zone
    return replace(
        member,
        name=shortened(profile.name, member.name),
        zone=None if zone == team.zone else zone,
        language=_language(team, member, profile, before),
        active=not profile.gone or member.permission is Permission.LEAD,
    )


def _language(team: Team, member: Member, profile: Profile, before: Profile | None) -> Language | None:
    said = language_of(profile.locale)
    followed = member.language or team.language
    if said in (None, followed):
        return member.language
    theirs = member.language is None if before is None else language_of(before.locale) == followed
    if not theirs:
        return member.language
    return None if said == team.language else said


def _keep(tx: Tx, found: _Found | None) -> None:
    if found is None:
        return
    team, was, now = found.team, found.was, found.now
    tx.members.save(now)
    if was.active != now.active:
        act = "return" if now.active else "leave"
        tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, act, "member", was.id))
    if was.active and not now.active:
        hand_on(tx, roster(tx, team), now.id)
        tell_lead(tx, team.id, "left", now.id)
