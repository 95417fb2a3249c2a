"""Curves as images: what is drawn where, and that it can be drawn at all."""

from __future__ import annotations

import struct
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.charts import build
from adapters.charts.curve import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, svg
from bot.message import Chart, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
YEAR = Chart(
    "Abonnés à la fin du mois",
    tuple(zip(MONTHS, (12100.0, 12350.0, 12900.0, None, 13200.0, 13400.0, 13390.0, None, 14100.0, 14800.0, 15250.0,
                       16020.0), strict=True)),
    "16 020 abonnés en décembre",
)  # fmt: skip
NS = "{http://www.w3.org/2000/svg}"


def _drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(svg(chart))


def _words(chart: Chart) -> list[str]:
    return [one.text or "" for one in _drawn(chart).iter(f"{NS}text")]


def _lines(chart: Chart) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, _, y in (pair.partition(",") for pair in one.attrib["points"].split())]
        for one in _drawn(chart).iter(f"{NS}polyline")
    ]


def test_a_month_without_a_figure_is_a_gap() -> None:
    assert [len(run) for run in _lines(YEAR)] == [3, 3, 4]
    assert len(list(_drawn(YEAR).iter(f"{NS}circle"))) == 10


def test_the_title_the_months_and_the_figures_are_written() -> None:
    words = _words(YEAR)
    assert {YEAR.title, *MONTHS, "16\u202f020", "12\u202f000"} <= set(words)


def test_higher_figures_stand_higher_and_later_ones_further_right() -> None:
    (run,) = _lines(Chart("x", (("a", 1.0), ("b", 5.0), ("c", 3.0)), "x"))
    assert [x for x, _ in run] == sorted(x for x, _ in run)
    (_, one), (_, five), (_, three) = run
    assert one > three > five


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ((10.0, 12.0), "10"),
        ((12100.0, 16020.0), "12\u202f000"),
        ((1.0, 9.0), "0"),
        ((7.0, 7.0), "0"),
        ((0.0, 0.0), "0"),
        ((-3.5, 2.25), "-4"),
    ],
)
def test_the_scale_begins_at_zero_unless_all_is_far_from_it(values: Sequence[float], first: str) -> None:
    words = _words(Chart("x", tuple((f"m{n}", one) for n, one in enumerate(values)), "x"))
    assert words[1] == first


def test_many_days_write_every_third_of_them() -> None:
    days = Chart("x", tuple((f"{day} nov.", float(day)) for day in range(1, 31)), "x")
    written = [word for word in _words(days) if word.endswith("nov.")]
    assert written == [f"{day} nov." for day in range(1, 31, 3)]


@given(
    st.text(),
    st.lists(st.tuples(st.text(max_size=30), st.none() | st.floats(-1e12, 1e12)), min_size=1, max_size=40),
)
@settings(deadline=None)
def test_every_curve_is_an_svg_whose_points_are_within_the_frame(
    title: str, points: list[tuple[str, float | None]]
) -> None:
    chart = Chart(title, tuple(points), "x")
    for x, y in (point for run in _lines(chart) for point in run):
        assert LEFT <= x <= WIDTH - RIGHT
        assert TOP - 1 <= y <= HEIGHT - BOTTOM + 1


@pytest.mark.parametrize(
    ("value", "written"),
    [(1234567.0, "1\u202f234\u202f567"), (0.5, "0.5"), (-12.0, "-12"), (1e6, "1\u202f000\u202f000")],
)
def test_a_figure_is_written_in_digits(value: float, written: str) -> None:
    assert figure(value) == written


def test_it_is_drawn_as_a_picture() -> None:
    pytest.importorskip("resvg_py", reason="the extra `charts` is not installed")
    charts = build()
    if charts is None:
        pytest.skip("this machine has no font")

    png = charts.png(YEAR)

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (1600, 840)
    assert png != charts.png(Chart(YEAR.title, (("janv.", 1.0),), "x"))


def test_without_the_extra_nobody_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert build() is None


def test_without_a_font_nobody_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written would be left out in silence."""
    monkeypatch.setattr("adapters.charts._render_png", lambda _: b"blank")
    pytest.importorskip("resvg_py", reason="the extra `charts` is not installed")
    assert build() is None
