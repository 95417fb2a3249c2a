"""`vigie init`: writes the settings file, after a few questions where somebody is there to answer."""

from __future__ import annotations

from pathlib import Path

import click

ASKED = ("VIGIE_LANGUAGE", "VIGIE_TIMEZONE", "DATABASE_URL")
"""The settings worth a question; all the others have a default that fits."""


@click.command("init")
@click.option("--yes", is_flag=True, help="Ask nothing: take the defaults.")
@click.option("--force", is_flag=True, help="Replace a settings file that is there.")
def verb(*, yes: bool, force: bool) -> None:
    """Write the settings file (.env) of this folder."""
    import sys

    from bot.cli._messages import say
    from bot.cli._settings import write
    from bot.config import FILE
    from bot.errors import StoreError

    file = Path(FILE).absolute()
    if file.exists() and not force:
        raise StoreError("init.exists", file=str(file))
    chosen = {} if yes or not sys.stdin.isatty() else _ask_questions()
    write(file, chosen)
    click.echo(say("init.written", file=str(file)))


def _ask_questions() -> dict[str, str]:
    """Ask the questions; return the answers by variable, without those that keep the default."""
    from functools import partial

    from bot.cli._messages import say
    from bot.cli._settings import checked
    from bot.config import choices_of, default_of, field_of

    chosen = {}
    for variable in ASKED:
        usual = default_of(field_of(variable))
        options = ", ".join(choices_of(variable))
        question = say(f"init.ask.{variable}", options=options)
        answer = click.prompt(question, default=usual, value_proc=partial(checked, variable))
        if answer != usual:
            chosen[variable] = str(answer)
    return chosen
