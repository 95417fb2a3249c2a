"""Who answers for what: every role with its people, the team, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
from bot.tasks.cards.item import DOT
from bot.teams.member import Permission
from bot.teams.role import LEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.catalogue.schema import Role
    from bot.message import Block, Line
    from bot.tasks.checklist import Item
    from bot.teams.member import Member
    from bot.teams.role import Holding
    from bot.teams.roster import Roster
    from bot.teams.team import Account


def shown(call: Call) -> list[Role]:
    """The roles that people hold: those of every team, and the others once somebody holds them."""
    held = {one.role for one in call.roster.holdings}
    roles = [one for one in call.catalogue.roles.values() if one.kind == "holder"]
    return [one for one in roles if one.default == "on" or one.id in held]


def listing(call: Call, people: Roster, accounts: Mapping[str, Account], number: int) -> Message:
    """Every role with who holds it; a role that nobody holds says who does its work meanwhile."""
    title = call.line("role.list")
    lines: list[Block] = [Text(line(call, people, role, accounts)) for role in shown(call)]
    command = call.registry.commands["role"].names.shown(call.texts.language)
    return Message((Text(title, "title"), *page(call.texts, lines, number, command)), plain(title))


def line(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> Line:
    """« Veille · Léa, Inès (Instagram) · binôme : Karim »."""
    parts = [_holders(call, people, role, accounts)]
    backups = [one for one in _held(people, role) if one.kind == "backup"]
    if backups:
        names = call.texts.listing([_named(call, people, one, accounts) for one in backups])
        parts.append(call.texts.text("role.backup", who=names))
    return (Strong(role.title.of(call.texts.language)), DOT + DOT.join(parts))


def _held(people: Roster, role: Role) -> list[Holding]:
    return [one for one in people.holdings if one.role == role.id and people.name(one.member)]


def _holders(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> str:
    if role.id == LEAD:
        return people.lead.name if people.lead else call.texts.text("role.nobody")
    held = [one for one in _held(people, role) if one.kind == "holder"]
    names = [_named(call, people, one, accounts) for one in sorted(held, key=lambda one: one.account is not None)]
    if any(one.account is None for one in held):
        return call.texts.listing(names)
    instead = people.holder(role.id)
    nobody = call.texts.text("role.instead", who=instead.name) if instead else call.texts.text("role.nobody")
    return ", ".join([*names, nobody])


def _named(call: Call, people: Roster, holding: Holding, accounts: Mapping[str, Account]) -> str:
    name = people.name(holding.member)
    account = accounts.get(holding.account or "")
    return f"{name} ({network(call, account)})" if account else name


def network(call: Call, account: Account) -> str:
    """The name of an account's network."""
    entry = call.catalogue.networks.get(account.network)
    return entry.title.of(call.texts.language) if entry else account.network


def changed(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> Message:
    """How a role stands after a change."""
    said = line(call, people, role, accounts)
    command = call.registry.commands["role"].names.shown(call.texts.language)
    return Message((Text(said), Button(call.texts.text("button.roles"), "say", command)), plain(said))


def team(call: Call, items: Sequence[Item], accounts: Mapping[str, Account], number: int) -> Message:
    """Who holds what today, then each person with what is still theirs today."""
    title = call.line("who.title", day=call.today)
    roles: list[Block] = [Text(line(call, call.roster, role, accounts)) for role in shown(call)]
    people: list[Block] = [Text(_person(call, one, items)) for one in call.roster.members]
    heading = Text(call.line("who.team", count=len(call.roster.members)), "note")
    command = call.registry.commands["who"].names.shown(call.texts.language)
    blocks = page(call.texts, [*roles, heading, *people], number, command)
    return Message((Text(title, "title"), *blocks), plain(title))


def _person(call: Call, member: Member, items: Sequence[Item]) -> Line:
    left = len({one.task.key for one in items if one.is_open and one.holder == member.id})
    parts = [call.texts.text(f"permission.{member.permission}")] if member.permission is not Permission.MEMBER else []
    parts.append(call.texts.text("who.left", count=left) if left else call.texts.text("who.nothing"))
    return (Strong(member.name), DOT + DOT.join(parts))


def person(call: Call, member: Member, items: Sequence[Item], accounts: Mapping[str, Account]) -> Message:
    """One person: permission, roles, and what is still theirs today."""
    language = call.texts.language
    head: Line = (Strong(member.name), DOT + call.texts.text(f"permission.{member.permission}"))
    held = [_role(call, one, accounts) for one in call.roster.holdings if one.member == member.id]
    held += [one.title.of(language) for one in call.catalogue.roles.values() if _stands_in(call, one, member)]
    blocks: list[Block] = [Text(head)]
    if held:
        blocks.append(Text(call.line("who.roles", roles=call.texts.listing(dict.fromkeys(held)))))
    open_ = [one.task.title.say(language) for one in items if one.is_open and one.holder == member.id]
    said = call.line("who.open", tasks=call.texts.listing(dict.fromkeys(open_))) if open_ else call.line("who.free")
    return Message((*blocks, Text(said)), plain(head))


def _role(call: Call, holding: Holding, accounts: Mapping[str, Account]) -> str:
    role = call.catalogue.roles.get(holding.role)
    title = role.title.of(call.texts.language) if role else holding.role
    if holding.kind == "backup":
        return call.texts.text("who.backup", role=title)
    account = accounts.get(holding.account or "")
    return f"{title} ({network(call, account)})" if account else title


def _stands_in(call: Call, role: Role, member: Member) -> bool:
    """Whether somebody who is not named for it does a role's work: they ought to know."""
    found = call.roster.holder(role.id) if role.kind == "holder" and role.default == "on" else None
    return found is not None and found.id == member.id
