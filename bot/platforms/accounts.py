"""The platform accounts of members, for the renderers that mention people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.ports import Store, Tx


async def accounts(store: Store, platform: str, team: str, members: Collection[str]) -> Mapping[str, str]:
    """Internal id → platform id of those members of the team installed at `team`; strangers are left out."""

    def look(tx: Tx) -> dict[str, str]:
        found = tx.teams.find(platform, team)
        if found is None:
            return {}
        known = tx.members.accounts([(found.id, one) for one in members])
        return {member: account for (_, member), account in known.items()}

    return await store.read(look) if members else {}
