"""The vault of tokens (port: bot.platforms.grants.Vault): encrypted with the first key, read with any of them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.errors import ConfigurationError
from bot.platforms.grants import Grant
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from cryptography.fernet import MultiFernet

    from storage.store import SqlStore, UnitOfWork

HOLD = 30.0
"""Seconds for which one process may exchange a token before another may try: longer than the call's time-out."""
WORD = timedelta(minutes=10)
WORDS = "word:"
AGAIN = 0.05
_PLAIN = ("bot", "bot_id", "name", "url")


class Grants(Repository):
    """Rows of grants as they are stored."""

    def row(self, platform: str, place: str) -> Any:
        where = s.grants.c
        return self.connection.execute(
            sa.select(s.grants).where(where.platform == platform, where.place == place)
        ).first()

    def put(self, platform: str, place: str, values: dict[str, Any]) -> None:
        where = s.grants.c
        updated = self.connection.execute(
            sa.update(s.grants).where(where.platform == platform, where.place == place).values(values)
        )
        if updated.rowcount == 0:
            self.connection.execute(sa.insert(s.grants).values(platform=platform, place=place, **values))

    def end(self, platform: str, place: str, now: datetime) -> list[str]:
        where = s.grants.c
        affected = sa.and_(where.platform == platform, sa.or_(where.place == place, where.owner == place))
        return sorted(
            self.connection.execute(
                sa.update(s.grants).where(affected, where.ended_at.is_(None))
                .values(secret=None, ended_at=now, held_until=None).returning(where.place)
            ).scalars()
        )  # fmt: skip

    def revive(self, platform: str, owner: str) -> list[str]:
        """Give the workspaces of an organisation its grant again; return them, the owner included."""
        where = s.grants.c
        return sorted(
            self.connection.execute(
                sa.update(s.grants)
                .where(where.platform == platform, where.owner == owner)
                .values(ended_at=None)
                .returning(where.place)
            ).scalars()
        )

    def active(self, platform: str) -> Sequence[Any]:
        where = s.grants.c
        return self.connection.execute(
            sa.select(s.grants).where(where.platform == platform, where.ended_at.is_(None)).order_by(where.place)
        ).all()

    def hold(self, platform: str, place: str, seconds: float) -> bool:
        """Claim the exchange of a token: one process gets it, until it is done or the seconds are over."""
        where, now = s.grants.c, self.lease_clock()
        claimed = self.connection.execute(
            sa.update(s.grants)
            .where(where.platform == platform, where.place == place)
            .where(sa.or_(where.held_until.is_(None), where.held_until < now))
            .values(held_until=now + int(seconds * 1000))
        )
        return claimed.rowcount == 1


class SqlVault:
    """Grants over a store, which may be opened after the vault; `keys` are Fernet's."""

    def __init__(self, store: Callable[[], SqlStore], keys: MultiFernet) -> None:
        self._opened_store = store
        self._keys = keys

    @property
    def _store(self) -> SqlStore:
        return self._opened_store()

    async def get(self, platform: str, place: str, parent: str = "") -> Grant | None:
        def look(tx: UnitOfWork) -> tuple[Any, Any]:
            grants = Grants(tx.connection)
            own = grants.row(platform, place)
            over = own.owner if own is not None and own.owner != place else parent
            return own, grants.row(platform, over) if over else None

        own, over = await self._store.read(look)
        if own is not None and own.secret is not None:
            return self._decrypt(own)
        if over is None or over.secret is None:
            return None
        if own is None or own.owner != over.place or own.ended_at is not None:
            values = {"owner": over.place, "about": "{}", "ended_at": None}
            await self._store.write(lambda tx: Grants(tx.connection).put(platform, place, values))
        return self._decrypt(over).at(place)

    async def put(self, grant: Grant) -> Sequence[str]:
        values = self._encrypt(grant)

        def keep(tx: UnitOfWork) -> Sequence[str]:
            grants = Grants(tx.connection)
            grants.put(grant.platform, grant.place, values)
            return grants.revive(grant.platform, grant.place)

        return await self._store.write(keep)

    async def end(self, platform: str, place: str) -> Sequence[str]:
        return await self._store.write(lambda tx: Grants(tx.connection).end(platform, place, tx.now))

    async def renew(self, platform: str, owner: str, exchange: Callable[[Grant], Awaitable[Grant]]) -> Grant | None:
        """1. Look: fresh by now? 2. Claim the row. 3. Exchange, with no transaction open. 4. Store, and let go."""
        while True:
            grant, due, held = await self._store.write(lambda tx: self._claim(tx, platform, owner))
            if grant is None or not due:
                return grant
            if held:
                break
            await asyncio.sleep(AGAIN)
        try:
            fresh = replace(await exchange(grant), platform=platform, place=owner, owner=owner)
        except BaseException:
            await self._store.write(lambda tx: Grants(tx.connection).put(platform, owner, {"held_until": None}))
            raise
        await self.put(fresh)
        return fresh

    def _claim(self, tx: UnitOfWork, platform: str, owner: str) -> tuple[Grant | None, bool, bool]:
        """Return (grant, True if its token is due for renewal, True if this process claimed that)."""
        grants = Grants(tx.connection)
        row = grants.row(platform, owner)
        if row is None or row.secret is None:
            return None, False, False
        if self._decrypt(row).fresh(tx.now):
            return self._decrypt(row), False, False
        held = grants.hold(platform, owner, HOLD)
        grant = self._decrypt(grants.row(platform, owner))  # the claim may have waited for whoever had just renewed it
        due = not grant.fresh(tx.now)
        if held and not due:
            grants.put(platform, owner, {"held_until": None})
        return grant, due, held

    async def places(self, platform: str) -> Sequence[str]:
        rows = await self._store.read(lambda tx: Grants(tx.connection).active(platform))
        own = {row.place for row in rows if row.secret is not None}
        over = {row.owner for row in rows if row.secret is None}
        return [row.place for row in rows if row.place not in over and (row.place in own or row.owner in own)]

    async def issue(self) -> str:
        word = secrets.token_urlsafe(32)

        def note(tx: UnitOfWork) -> None:
            for key in tx.facts.keys(WORDS):
                if datetime.fromisoformat(tx.facts.get(key) or "") <= tx.now:
                    tx.facts.forget(key)
            tx.facts.put(_word_key(word), (tx.now + WORD).isoformat())

        await self._store.write(note)
        return word

    async def consume(self, word: str) -> bool:
        def use(tx: UnitOfWork) -> bool:
            until = tx.facts.get(_word_key(word))
            return tx.facts.forget(_word_key(word)) and until is not None and datetime.fromisoformat(until) > tx.now

        return await self._store.write(use)

    async def turn_keys(self) -> int:
        """Encrypt everything anew with the first key; returns how many there were.

        Raises ConfigurationError when something can be read with none of the keys.
        """
        from cryptography.fernet import InvalidToken

        def turn(tx: UnitOfWork) -> int:
            where = s.grants.c
            rows = tx.connection.execute(
                sa.select(s.grants).where(where.secret.is_not(None)).with_for_update()
            ).all()  # fmt: skip
            for row in rows:
                turned = self._keys.rotate(row.secret.encode()).decode()
                Grants(tx.connection).put(row.platform, row.place, {"secret": turned})
            return len(rows)

        try:
            return await self._store.write(turn)
        except InvalidToken as error:
            raise ConfigurationError("grants.other_keys") from error

    def _encrypt(self, grant: Grant) -> dict[str, Any]:
        secret = json.dumps({"token": grant.token, "refresh": grant.refresh}).encode()
        return {
            "owner": grant.owner,
            "secret": self._keys.encrypt(secret).decode(),
            "about": json.dumps({name: getattr(grant, name) for name in _PLAIN}),
            "expires_at": grant.expires_at,
            "held_until": None,
            "ended_at": None,
        }

    def _decrypt(self, row: Any) -> Grant:
        return _read_grant(row, self._keys)


def _read_grant(row: Any, keys: MultiFernet) -> Grant:
    from cryptography.fernet import InvalidToken

    try:
        kept = json.loads(keys.decrypt(row.secret.encode()))
    except InvalidToken as error:
        raise ConfigurationError("grants.other_keys") from error
    return Grant(row.platform, row.place, **kept, expires_at=row.expires_at, **json.loads(row.about))


def installed(connection: sa.Connection, platform: str, keys: Sequence[str]) -> Sequence[Grant]:
    """Read every installation over a connection that only reads. Raises ConfigurationError when it cannot be read."""
    fernet = _create_fernet(keys)
    if not sa.inspect(connection).has_table(s.grants.name):
        return []
    return [_read_grant(row, fernet) for row in Grants(connection).active(platform) if row.secret is not None]


def open_vault(store: Callable[[], SqlStore], keys: Sequence[str]) -> SqlVault:
    """Open the vault over a store. Raises ConfigurationError when there is no key, or a key is not Fernet's."""
    return SqlVault(store, _create_fernet(keys))


def _create_fernet(keys: Sequence[str]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    try:
        ciphers = [Fernet(key) for key in keys]
    except ValueError as error:
        raise ConfigurationError("grants.bad_key") from error
    if not ciphers:
        raise ConfigurationError("grants.no_key")
    return MultiFernet(ciphers)


def _word_key(word: str) -> str:
    """Build the key under which a word is kept: its hash, not the word itself."""
    return WORDS + hashlib.sha256(word.encode()).hexdigest()
