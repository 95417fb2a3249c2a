"""Undo changes of the team: its settings, its roles and its lead, a member's language and permission."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.record.undo import write_undo
from bot.registry import telling, undo
from bot.teams.cards.role import network_title, write_holders
from bot.teams.cards.settings import write_changes
from bot.teams.member import Permission
from bot.teams.role import LEAD, Holding
from bot.teams.role_changes import parse_kind, redraw_role
from bot.teams.roster import roster
from bot.teams.settings import FIELDS, follow_settings, name_channel, read_values, with_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.i18n import Language
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.teams.member import Member

LANGUAGES: dict[str | None, Language | None] = {None: None, "fr": "fr", "en": "en"}


@undo("team")
def restore_settings(call: Call, tx: Tx, line: Entry) -> Line | None:
    """Give the team the settings that it had, with all that follows from them."""
    if line.act != "settings" or read_values(call.team, line.after) != dict(line.after):
        return None
    team = with_values(call.team, line.before)
    tx.teams.save(team)
    write_undo(call, tx, line)
    follow_settings(call, tx, team)
    homes = name_channel(tx, call.team), name_channel(tx, team)
    changes = write_changes(call, call.team, team, homes)
    return call.line("undo.settings", changes=call.texts.listing(changes))


@undo("role")
def restore_role(call: Call, tx: Tx, line: Entry) -> Line | None:
    """Give a slot of a role back to its former holders, or the lead to the former lead."""
    if line.subject_id == LEAD and "permission" in line.after:
        return _restore_lead(call, tx, line)
    kind = parse_kind(line.after)
    held = [
        holding
        for holding in tx.roles.holdings(call.team.id)
        if (holding.role, holding.kind, holding.account) == (line.subject_id, kind, line.after.get("account"))
    ]
    former = list(zip(_split(line.before, "holdings"), _split(line.before, kind), strict=True))
    active = {member.id for member in call.roster.members}
    if [holding.member for holding in held] != _split(line.after, kind) or not active.issuperset(
        member for _, member in former
    ):
        return None
    for holding in held:
        tx.roles.take_back(call.team.id, holding.id)
    for identifier, member in former:
        tx.roles.give(Holding(call.team.id, identifier, line.subject_id, member, kind, line.after.get("account")))
    write_undo(call, tx, line)
    redraw_role(tx, call.team, line.subject_id)
    role = call.catalogue.roles[line.subject_id]
    accounts = {account.id: account for account in tx.teams.accounts(call.team.id)}
    holder_names = write_holders(call, roster(tx, call.team), role, accounts)
    return call.line("undo.role", role=role.title.of(call.texts.language), who=holder_names)


def _split(facts: Mapping[str, str | None], key: str) -> list[str]:
    return (facts.get(key) or "").split(",") if facts.get(key) else []


def _restore_lead(call: Call, tx: Tx, line: Entry) -> Line | None:
    former, lead = (tx.members.get(call.team.id, facts.get("holder") or "") for facts in (line.before, line.after))
    if former is None or lead is None or not former.active or lead.permission is not Permission.LEAD:
        return None
    tx.members.save(replace(lead, permission=Permission(line.before["permission"] or Permission.MEMBER)))
    tx.members.save(replace(former, permission=Permission.LEAD))
    write_undo(call, tx, line)
    return call.line("undo.lead", who=former.name, other=lead.name)


@undo("member")
def restore_member(call: Call, tx: Tx, line: Entry) -> Line | None:
    """Give a member the language or the permission that they had."""
    member = tx.members.get(call.team.id, line.subject_id)
    if member is None or line.act not in ("language", "permission") or _read_member(member, line.after) != line.after:
        return None
    if line.act == "language":
        language = LANGUAGES[line.before.get("language")]
        tx.members.save(replace(member, language=language))
        write_undo(call, tx, line)
        return call.line("undo.language", language=call.texts.text(f"language.{language or call.team.language}"))
    tx.members.save(replace(member, permission=Permission(line.before["permission"] or Permission.MEMBER)))
    write_undo(call, tx, line)
    return call.line("undo.member", who=member.name)


def _read_member(member: Member, facts: Mapping[str, str | None]) -> Mapping[str, str | None]:
    values: dict[str, str | None] = {"language": member.language, "permission": member.permission.value}
    return {name: values[name] for name in facts}


@telling("team")
def tell_settings(call: Call, tx: Tx, lines: Sequence[Entry]) -> Mapping[str, object]:
    """Say each setting that changed, from what to what."""
    line = lines[0]
    if not line.after or not line.after.keys() <= set(FIELDS):
        return {}
    before, after = with_values(call.team, line.before), with_values(call.team, line.after)
    changes = write_changes(call, before, after, (name_channel(tx, before), name_channel(tx, after)))
    return {"title": call.texts.listing(changes)} if changes else {}


@telling("role")
def tell_role(call: Call, tx: Tx, lines: Sequence[Entry]) -> Mapping[str, object]:
    """Name the role, its former holders and its new ones."""
    first, last = lines[0], lines[-1]
    kind = parse_kind({**first.before, **first.after})
    role = call.catalogue.roles.get(first.subject_id)
    title = role.title.of(call.texts.language) if role else first.subject_id
    account = next(
        (stored for stored in tx.teams.accounts(call.team.id) if stored.id == first.after.get("account")), None
    )
    title += f" ({network_title(call, account)})" if account else ""
    was, now = (_name_members(call, facts, kind) for facts in (first.before, last.after))
    return {"title": call.texts.text("who.backup", role=title) if kind == "backup" else title, "was": was, "now": now}


def _name_members(call: Call, facts: Mapping[str, str | None], kind: str) -> str:
    names = [call.roster.name(member) or call.texts.text("word.somebody") for member in _split(facts, kind)]
    return call.texts.listing(names) if names else call.texts.text("word.nobody")


@telling("member")
def tell_member(call: Call, tx: Tx, lines: Sequence[Entry]) -> Mapping[str, object]:
    """Name the member, and the former and new language or permission."""
    first, last = lines[0], lines[-1]
    member = tx.members.get(call.team.id, first.subject_id)
    was, now = (_write_member(call, facts) for facts in (first.before, last.after))
    return {"title": member.name if member else "", "was": was, "now": now}


def _write_member(call: Call, facts: Mapping[str, str | None]) -> str:
    permission, language = facts.get("permission"), facts.get("language")
    if permission:
        return call.texts.text(f"permission.{permission}")
    return call.texts.text(f"language.{language or call.team.language}")
