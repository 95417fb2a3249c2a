"""Emoji by the names that Slack gives them: the usual ones and their aliases, as Unicode; others keep their name."""

from __future__ import annotations

_NAMES = {
    "✅": ("white_check_mark",), "✔️": ("heavy_check_mark",), "☑️": ("ballot_box_with_check",),
    "🙋": ("raising_hand", "woman-raising-hand", "man-raising-hand"),
    "✋": ("hand", "raised_hand"), "🫡": ("saluting_face",),
    "👀": ("eyes",), "👍": ("+1", "thumbsup"), "👌": ("ok_hand",),
    "⏰": ("alarm_clock",), "⏳": ("hourglass_flowing_sand",), "💤": ("zzz",),
    "⏭️": ("black_right_pointing_double_triangle_with_vertical_bar", "next_track_button"), "⏩": ("fast_forward",),
    "🚨": ("rotating_light",), "🆘": ("sos",), "❌": ("x",),
    "1️⃣": ("one",), "2️⃣": ("two",), "3️⃣": ("three",), "4️⃣": ("four",), "5️⃣": ("five",), "6️⃣": ("six",),
    "7️⃣": ("seven",), "8️⃣": ("eight",), "9️⃣": ("nine",), "🔟": ("keycap_ten",),
}  # fmt: skip
_EMOJI = {name: emoji for emoji, names in _NAMES.items() for name in names}


def unicode_of(name: str) -> str:
    """Return the emoji of a reaction's name, without its skin tone (`hand::skin-tone-3` → ✋)."""
    plain = name.split("::", maxsplit=1)[0]
    return _EMOJI.get(plain, plain)


def name_of(emoji: str) -> str:
    """Return the first of the names under which Slack knows an emoji; a name is returned as it is."""
    return _NAMES.get(emoji, (emoji,))[0]
