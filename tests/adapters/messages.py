"""Messages that the core may make, however odd, for the tests of every renderer: one of each, and any (hypothesis)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.message import (
    At,
    Button,
    Chart,
    Choice,
    Field,
    File,
    Form,
    Link,
    Message,
    Option,
    Strong,
    Table,
    TaskLine,
    Text,
    Who,
)

if TYPE_CHECKING:
    from bot.message import Block

NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ODD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["", " ", "Veille du jour", "*gras* _italique_ ~barré~ `code`", "<@U1> <!channel> <https://x.y|z>",
         "a & b < c > d", "> cité",
         ":tada:", "👩🏽‍💻 💅🏾", "l’été, « oui »", "x" * 4000, "mot " * 1500, "\n\n", "@channel"]
    ),
)  # fmt: skip
LONG_URL = "https://x/" + "a" * 4000
SPANS = st.one_of(
    ODD, st.builds(Strong, ODD), st.builds(At, st.just(NINE), ODD, st.sampled_from(["time", "day", "full"])),
    st.builds(Who, st.sampled_from(["m1", "m2"]), ODD, st.booleans()),
)  # fmt: skip
LINES = st.lists(SPANS, max_size=5).map(tuple)
BUTTONS = st.builds(Button, ODD, st.sampled_from(["done", "say"]), ODD, st.sampled_from(["plain", "primary", "danger"]))
OPTIONS = st.lists(st.builds(Option, ODD, ODD), max_size=120).map(tuple)
ROWS = st.integers(1, 25).flatmap(
    lambda width: st.lists(st.lists(ODD, min_size=width, max_size=width).map(tuple), min_size=1, max_size=6).map(tuple)
)
POINTS = st.lists(st.tuples(ODD, st.none() | st.floats(-1e9, 1e9)), max_size=30).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, LINES, st.sampled_from(["plain", "title", "note"])),
    st.builds(TaskLine, st.integers(1, 12), st.sampled_from(["open", "done", "skipped", "late"]), LINES,
              st.lists(LINES, max_size=2).map(tuple), st.lists(BUTTONS, max_size=12).map(tuple)),
    st.builds(Table, ROWS), st.builds(Chart, ODD, POINTS, ODD), BUTTONS,
    st.builds(Choice, ODD, st.just("assign"), OPTIONS),
    st.builds(Link, ODD, st.sampled_from(["https://example.org/a?b=c&d", "javascript:alert(1)", LONG_URL])),
    st.builds(File, ODD, ODD),
)  # fmt: skip
MESSAGES = st.builds(Message, st.lists(BLOCKS, max_size=14).map(tuple), ODD)
FIELDS = st.lists(
    st.builds(
        Field, st.integers(0, 10**9).map(str), ODD, st.sampled_from(["text", "options", "member"]), OPTIONS,
        st.booleans(), st.booleans(), st.lists(ODD, max_size=2).map(tuple), ODD, ODD,
    ),
    max_size=8, min_size=1, unique_by=lambda field: field.name,
)  # fmt: skip
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

NNBSP = "\u202f"
EVERYTHING = Message((
    Text((f"Mardi 24 novembre, 9{NNBSP}h",), "title"),
    Text(("À regarder d’abord : ", Strong("les messages"), " depuis vendredi 18\u202fh, sans en oublier un seul.")),
    TaskLine(1, "done", ("Veille du jour · ", Who("m1", "Léa"), f", 8{NNBSP}h{NNBSP}55")),
    TaskLine(2, "late", ("Réponses · Karim · 11\u202fh\u202f30 et 16\u202fh\u202f30",), (("une ligne dessous",),),
         (Button("C’est fait", "done", "x", "primary"), Button("Pas cette fois", "skip", "x", "danger"))),
    Table((("Réseau", "Qui"), ("Instagram", "Léa"), ("Un réseau au nom particulièrement long", "Inès et Karim"))),
    Chart("Portée", (("lundi", 3.0),), "lundi 3"),
    Choice("Qui ?", "assign", (Option("Inès", "1"), Option("Tom", "2"))),
    Form("Réglages", (Field("a", "Réseaux", error="Il en faut un."),), "setup", "Enregistrer", "configurer Instagram"),
    Link("Le guide", "https://example.org/un-chemin-plutot-long-pour-une-seule-ligne"),
    File("export.csv", "a;b"),
    Button("Ma part", "say", "jour"),
))  # fmt: skip
"""One of each block, with the no-break spaces of French hours."""
