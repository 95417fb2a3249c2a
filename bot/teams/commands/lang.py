from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.i18n import texts
from bot.message import Button, Message, Reply, Text, plain
from bot.registry import Guide, Names, command
from bot.teams.settings import find_language

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names("lang", "langue", also_en=("language",)),
    section="team",
    takes="[{fr|en=language}]",
    en=Guide("the language in which I speak to you", "lang [fr | en]", ("lang en", "lang fr")),
    fr=Guide("la langue de mes réponses", "langue [fr | en]", ("langue fr", "langue en")),
)
def lang(call: Call, tx: Tx) -> Reply:
    if not call.rest:
        line = call.line("lang.now")
        command_ = call.registry.commands["lang"].names.shown(call.texts.language)
        buttons = [Button(name, "say", f"{command_} {key}") for key, name in (("fr", "Français"), ("en", "English"))]
        return Reply(Message((Text(line), *buttons), plain(line)))
    language = find_language(call.rest)
    if language is None:
        raise RefusalError("lang.unknown", name=call.rest[:40])
    if language != call.me.language:
        tx.members.save(replace(call.me, language=language))
        entry = call.entry(tx, "language", "member", call.me.id)
        tx.audit.write(replace(entry, before={"language": call.me.language}, after={"language": language}))
    words = texts(language, formal=call.team.formal)
    line = words.line("lang.now")
    back = [Button(words.text("button.undo"), "take_back", call.act_id)] if language != call.me.language else []
    return Reply(Message((Text(line), *back), plain(line)))
