"""Cards of the team's people: the list, a new member, and what moves when a member leaves or observes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
from bot.registry import command_line
from bot.tasks.cards.item import DOT
from bot.teams.member import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Block, Line
    from bot.teams.member import Member
    from bot.teams.people import Departure


def draw_members(call: Call, number: int) -> Message:
    """Draw the members with their permissions, and how to add a person."""
    title = call.line("who.team", count=len(call.roster.members))
    lines: list[Block] = [
        Text((Strong(member.name), DOT + call.texts.text(f"permission.{member.permission}")))
        for member in call.roster.members
    ]
    shown = page(call.texts, lines, number, command_line(call.texts.language, "member"))
    return Message((Text(title, "title"), *shown, Text(call.line("people.how"), "note")), plain(title))


def draw_joined(call: Call, member: Member, *, new: bool) -> Message:
    """Draw « Nora est dans l’équipe · membre » with how to give her a role, and the way back."""
    key = "people.joined" if new else "people.already"
    line = call.line(key, who=member.name, permission=call.texts.text(f"permission.{member.permission}"))
    blocks: list[Block] = [Text(line)]
    if new:
        blocks.append(Text(call.line("people.next", who=member.name), "note"))
        remove = command_line(call.texts.language, "member", member.name, verb="remove")
        blocks.append(Button(call.texts.text("button.take_out"), "say", remove))
    return Message(tuple(blocks), plain(line))


def draw_question(call: Call, member: Member, departure: Departure, key: str, action: str) -> Message:
    """Draw what moves, and to whom, before it does: [Confirmer] [Non]. `key` is the question's text."""
    head = call.line(key, who=member.name)
    lines = [*_draw_roles(call, departure), *_draw_items(call, departure)]
    if departure.reminders:
        lines.append(call.line("people.reminders", count=len(departure.reminders)))
    if not lines:
        lines.append(call.line("people.nothing_moves"))
    notes = [Text(line) for line in lines]
    if action == "erase_member":
        notes.append(Text(call.line("people.erases"), "note"))
    buttons = (
        Button(call.texts.text("button.confirm"), action, member.id, "danger"),
        Button(call.texts.text("button.refuse"), "keep_member", member.id),
    )
    return Message((Text(head), *notes, *buttons), plain(head))


def _draw_roles(call: Call, departure: Departure) -> list[Line]:
    lines = []
    for role_id in dict.fromkeys(holding.role for holding in departure.roles):
        role = call.catalogue.roles.get(role_id)
        title = role.title.of(call.texts.language) if role else role_id
        lines.append(call.line("people.moves", title=title, who=_name_holder(call, departure, role_id)))
    return lines


def _draw_items(call: Call, departure: Departure) -> list[Line]:
    names = {
        item.task.key: (item.task.title, _name_holder(call, departure, item.task.role)) for item in departure.items
    }
    return [call.line("people.moves", title=title, who=name) for title, name in names.values()]


def _name_holder(call: Call, departure: Departure, role: str) -> str:
    holder = departure.after.holder(role)
    return holder.name if holder else call.texts.text("word.nobody")


def draw_gone(call: Call, name: str, key: str) -> Message:
    """Draw the confirmation that a member was taken out or erased, and how they can come back."""
    line = call.line(key, who=name)
    return Message((Text(line),), plain(line))


def draw_permission(call: Call, member: Member, before: Permission, after: Permission) -> Message:
    """Draw « Karim : membre → contribution. » and what the new permission allows."""
    line = call.line(
        "people.permission",
        who=member.name,
        before=call.texts.text(f"permission.{before}"),
        after=call.texts.text(f"permission.{after}"),
    )
    rights = call.line(f"people.rights.{after}")
    undo = command_line(
        call.texts.language, "member", member.name, call.texts.text(f"permission.{before}"), verb="rights"
    )
    return Message((Text(line), Text(rights, "note"), Button(call.texts.text("button.undo"), "say", undo)), plain(line))


def draw_choices(call: Call, members: Sequence[Member], verb: str) -> Message:
    """Draw « Qui ? » with a button for each member that a verb may be about."""
    line = call.line("people.whom")
    names = [member.name for member in members if member.permission is not Permission.LEAD]
    buttons = [
        Button(name, "say", command_line(call.texts.language, "member", name, verb=verb)) for name in names[:MOST]
    ]
    return Message((Text(line), *buttons), plain(line))


MOST = 5
"""Members offered as buttons."""
