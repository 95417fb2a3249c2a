"""`vigie db`: bring the database up to date, copy it, put a copy back, look it over."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("db")
def verb() -> None:
    """Bring the database up to date, back it up, restore it, check it."""


def _load_address() -> str:
    from bot.config import load

    return load().database_url.get_secret_value()


@verb.command("upgrade")
def upgrade() -> None:
    """Create the tables, or bring them to this version."""
    from bot.cli._messages import say
    from storage.engines import open_engines
    from storage.migrate import head
    from storage.migrate import upgrade as migrate

    engines = open_engines(_load_address())
    try:
        migrate(engines.write)
    finally:
        engines.dispose()
    click.echo(say("db.upgraded", revision=head()))


@verb.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the whole database to FILE, beside a running Vigie."""
    from bot.cli._messages import say
    from storage.backup import backup as copy

    copy(_load_address(), file)
    click.echo(say("db.backed_up", file=str(file), count=file.stat().st_size))


@verb.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
def restore(file: Path, *, force: bool) -> None:
    """Put the backup FILE back; stop Vigie first."""
    from bot.cli._messages import say
    from storage.backup import restore as put_back

    put_back(_load_address(), file, force=force)
    click.echo(say("db.restored", file=str(file)))


@verb.command("check")
def check() -> None:
    """Look the whole database over: damage, orphan rows, version."""
    import sys

    from bot.cli._messages import checks, say
    from storage.backup import examine

    health = examine(_load_address())
    if health is None:
        click.echo(say("db.none"), err=True)
        sys.exit(1)
    rows = [
        (not health.damage, say("db.damage" if health.damage else "db.sound", count=health.damage)),
        (not health.orphans, say("db.orphans" if health.orphans else "db.keys", count=health.orphans)),
        (
            health.found == health.needed,
            say("db.current" if health.found == health.needed else "db.other", found=health.found or "—"),
        ),
    ]
    if not checks(rows):
        sys.exit(1)
