"""Undo changes of the roster of influencers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.record.undo import write_undo
from bot.registry import telling, undo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry


@undo("influencer")
def restore_influencer(call: Call, tx: Tx, line: Entry) -> Line | None:
    """Remove an influencer that was added; propose again, or pause again, one that was paused or resumed."""
    influencer = tx.influencers.get(call.team.id, line.subject_id)
    active = line.after.get("active", "true")
    if influencer is None or str(influencer.active).lower() != active:
        return None
    if line.before:
        tx.influencers.save(replace(influencer, active=line.before.get("active") == "true"))
    else:
        tx.influencers.remove(call.team.id, influencer.id)
    write_undo(call, tx, line)
    return call.line(f"undo.influencer.{line.act}", name=influencer.name)


@telling("influencer")
def tell_influencer(call: Call, tx: Tx, lines: Sequence[Entry]) -> Mapping[str, object]:
    """Name the influencer."""
    influencer = tx.influencers.get(call.team.id, lines[0].subject_id)
    return {"title": influencer.name if influencer else call.texts.text("word.influencer")}
