"""The `vigie` command: one file per verb, imported only when it is used. The one room that composes the whole."""

from __future__ import annotations

import functools
import importlib
import os
import pkgutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable


class Verbs(click.Group):
    """Finds a verb by its file; `--help` imports the verbs, so they keep heavy imports inside their functions."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        verb: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").verb
        if verb.callback and not hasattr(verb.callback, "__wrapped__"):
            verb.callback = _with_logging(verb.callback)
        return verb


def _with_logging(callback: Callable[..., object]) -> Callable[..., object]:
    """Set logging up before a verb does anything: unasked, structlog draws every local variable of a fault."""

    @functools.wraps(callback)
    def run(*arguments: object, **named: object) -> object:
        from bot.logs import configure

        configure("error")
        return callback(*arguments, **named)

    return run


@click.command(cls=Verbs)
@click.version_option(package_name="vigie", prog_name="vigie")
def group() -> None:
    """Vigie runs the day of a team that looks after social media, in Slack and in Discord."""


def main() -> None:
    """Entry point of the `vigie` command. Exit codes: 0 fine, 1 could not be done, 2 wrong usage or configuration."""
    try:
        group(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except BrokenPipeError:  # whoever read us has had enough, such as `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  # raised again by _explained unless it is one of ours
        sys.exit(_explain_error(error))


def _explain_error(error: Exception) -> int:
    """Say an error of ours in words and give its exit code; anything else is a fault and keeps its trace."""
    from bot.errors import ConfigurationError, RefusalError, VigieError

    if not isinstance(error, VigieError):
        raise error
    from bot.cli._messages import explain

    click.echo(explain(error), err=True)
    return 2 if isinstance(error, ConfigurationError | RefusalError) else 1
