"""Cards of the roles, of the team, and of a member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
from bot.record.undo import undo_button
from bot.tasks.cards.day import shared
from bot.tasks.cards.item import DOT, by_task
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


def list_shown_roles(call: Call) -> list[Role]:
    """Return the roles to show: those on by default, and others with a holder."""
    held = {holding.role for holding in call.roster.holdings}
    roles = [role for role in call.catalogue.roles.values() if role.kind == "holder"]
    return [role for role in roles if role.default == "on" or role.id in held]


def draw_list(call: Call, people: Roster, accounts: Mapping[str, Account], number: int) -> Message:
    """Draw all roles with their holders; a vacant role names its substitute."""
    title = call.line("role.list")
    lines: list[Block] = [Text(draw_line(call, people, role, accounts)) for role in list_shown_roles(call)]
    command = call.registry.commands["role"].names.shown(call.texts.language)
    return Message((Text(title, "title"), *page(call.texts, lines, number, command)), plain(title))


def draw_line(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> Line:
    """Draw « Veille · Léa, Inès (Instagram) · binôme : Karim »."""
    return (Strong(role.title.of(call.texts.language)), DOT + write_holders(call, people, role, accounts))


def write_holders(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> str:
    """Write « Léa, Inès (Instagram) · binôme : Karim »."""
    parts = [_format_holders(call, people, role, accounts)]
    backups = [holding for holding in _list_holdings(people, role) if holding.kind == "backup"]
    if backups:
        names = call.texts.listing([_format_holder(call, people, holding, accounts) for holding in backups])
        parts.append(call.texts.text("role.backup", who=names))
    return DOT.join(parts)


def _list_holdings(people: Roster, role: Role) -> list[Holding]:
    return [holding for holding in people.holdings if holding.role == role.id and people.name(holding.member)]


def _format_holders(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> str:
    if role.id == LEAD:
        return people.lead.name if people.lead else call.texts.text("role.nobody")
    held = [holding for holding in _list_holdings(people, role) if holding.kind == "holder"]
    names = [
        _format_holder(call, people, holding, accounts)
        for holding in sorted(held, key=lambda holding: holding.account is not None)
    ]
    if any(holding.account is None for holding in held):
        return call.texts.listing(names)
    instead = people.holder(role.id)
    fallback = call.texts.text("role.instead", who=instead.name) if instead else call.texts.text("role.nobody")
    return ", ".join([*names, fallback])


def _format_holder(call: Call, people: Roster, holding: Holding, accounts: Mapping[str, Account]) -> str:
    name = people.name(holding.member)
    account = accounts.get(holding.account or "")
    return f"{name} ({network_title(call, account)})" if account else name


def network_title(call: Call, account: Account) -> str:
    """Return the title of an account's network."""
    entry = call.catalogue.networks.get(account.network)
    return entry.title.of(call.texts.language) if entry else account.network


def draw_role(call: Call, people: Roster, role: Role, accounts: Mapping[str, Account]) -> Message:
    """Draw a role with its holders; after a change (`people` is another roster than the request’s), with the former."""
    text = draw_line(call, people, role, accounts)
    buttons = [
        Button(call.texts.text("button.roles"), "say", call.registry.commands["role"].names.shown(call.texts.language))
    ]
    if people is not call.roster:
        was = write_holders(call, call.roster, role, accounts)
        text = (*text, *call.line("change.was", was=was))
        buttons.insert(0, undo_button(call))
    return Message((Text(text), *buttons), plain(text))


def draw_lead(call: Call, people: Roster) -> Message:
    """Draw « Karim est maintenant responsable. Tu redeviens membre. » with the way back."""
    line = call.line("role.lead_given", who=people.lead.name if people.lead else "")
    return Message((Text(line), undo_button(call)), plain(line))


def draw_team(call: Call, items: Sequence[Item], accounts: Mapping[str, Account], number: int) -> Message:
    """Draw the roles of today, then the members with the number of their open tasks."""
    title = call.line("who.title", day=call.today)
    roles: list[Block] = [Text(draw_line(call, call.roster, role, accounts)) for role in list_shown_roles(call)]
    people: list[Block] = [Text(_draw_member(call, member, items)) for member in call.roster.members]
    heading = Text(call.line("who.team", count=len(call.roster.members)), "note")
    command = call.registry.commands["who"].names.shown(call.texts.language)
    blocks = page(call.texts, [*roles, heading, *people], number, command)
    return Message((Text(title, "title"), *blocks), plain(title))


def _draw_member(call: Call, member: Member, items: Sequence[Item]) -> Line:
    remaining = len(by_task([item for item in shared(items) if item.is_open and item.holder == member.id]))
    parts = [call.texts.text(f"permission.{member.permission}")] if member.permission is not Permission.MEMBER else []
    parts.append(call.texts.text("who.left", count=remaining) if remaining else call.texts.text("who.nothing"))
    return (Strong(member.name), DOT + DOT.join(parts))


def draw_member_card(call: Call, member: Member, items: Sequence[Item], accounts: Mapping[str, Account]) -> Message:
    """Draw a member: permission, roles, and open tasks of today."""
    language = call.texts.language
    head: Line = (Strong(member.name), DOT + call.texts.text(f"permission.{member.permission}"))
    held = [_format_role(call, holding, accounts) for holding in call.roster.holdings if holding.member == member.id]
    held += [role.title.of(language) for role in call.catalogue.roles.values() if _is_substitute(call, role, member)]
    blocks: list[Block] = [Text(head)]
    if held:
        blocks.append(Text(call.line("who.roles", roles=call.texts.listing(dict.fromkeys(held)))))
    open_ = [item.task.title.say(language) for item in items if item.is_open and item.holder == member.id]
    text = call.line("who.open", tasks=call.texts.listing(dict.fromkeys(open_))) if open_ else call.line("who.free")
    return Message((*blocks, Text(text)), plain(head))


def _format_role(call: Call, holding: Holding, accounts: Mapping[str, Account]) -> str:
    role = call.catalogue.roles.get(holding.role)
    title = role.title.of(call.texts.language) if role else holding.role
    if holding.kind == "backup":
        return call.texts.text("who.backup", role=title)
    account = accounts.get(holding.account or "")
    return f"{title} ({network_title(call, account)})" if account else title


def _is_substitute(call: Call, role: Role, member: Member) -> bool:
    """Return whether a member does the work of a role, as holder or substitute."""
    holder = call.roster.holder(role.id) if role.kind == "holder" and role.default == "on" else None
    return holder is not None and holder.id == member.id
