"""The platform accounts of members, for the renderers that mention people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.ports import Store, Tx


async def accounts(store: Store, platform: str, team: str, members: Collection[str]) -> Mapping[str, str]:
    """Return internal id → platform id of members of the team installed at `team`; other people are omitted."""

    def look(tx: Tx) -> dict[str, str]:
        installed = tx.teams.find(platform, team)
        if installed is None:
            return {}
        external_ids = tx.members.accounts([(installed.id, member) for member in members])
        return {member: account for (_, member), account in external_ids.items()}

    return await store.read(look) if members else {}
