"""Draws a curve as SVG, without input or output. A month without a figure is a gap, for missing is not zero."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bot.message import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.message import Chart

WIDTH, HEIGHT = 800, 420
LEFT, RIGHT, TOP, BOTTOM = 90, 30, 80, 50
"""Margins: figures stand on the left, the title above, labels below."""
STEPS = 4
"""Spaces between the lines of the scale, about."""
LABELS = 13
"""Labels that have room side by side; of more, every second is written, and so on."""
FIGURES = 16
"""Points that are few enough to be written beside."""
TITLE, LABEL = 60, 12
"""Characters."""
INK, FAINT, CURVE = "#1d1c1d", "#dddddd", "#1264a3"
HALO = f'fill="{INK}" stroke="#ffffff" stroke-width="4" paint-order="stroke"'
"""Figures are read where the curve passes behind them."""
_UNWRITTEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot say."""
PLAIN, BOLD = 'font-size="13"', 'font-size="18" font-weight="bold"'
FONTS = "DejaVu Sans, Liberation Sans, Noto Sans, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float
    value: float


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps values to heights, from the lowest line to the highest."""

    low: float
    step: float
    lines: int

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.low) / (self.step * self.lines) * (HEIGHT - BOTTOM - TOP)

    def marks(self) -> list[float]:
        return [self.low + self.step * line for line in range(self.lines + 1)]


def svg(chart: Chart) -> str:
    """Draw the chart as SVG of 800 × 420 units. Characters that XML cannot hold are left out."""
    values = [value for _, value in chart.points if value is not None]
    scale = _choose_scale(values or [0.0])
    points = _place_points(chart, scale)
    parts = [
        _draw_text(LEFT, 36, _clip_words(chart.title, TITLE), anchor="start", style=BOLD),
        *_draw_rules(scale),
        *_draw_labels(chart.points),
        *_draw_curves(points),
        *(
            _draw_text(point.x, point.y - 10, figure(point.value))
            for point in points
            if point and len(values) <= FIGURES
        ),
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="{FONTS}">{"".join(parts)}</svg>'  # noqa: E501  # one tag


def _choose_scale(values: Sequence[float]) -> _Scale:
    """Choose lines at round figures with a little room, from zero unless all figures are far from it."""
    low, high = min(values), max(values)
    if 0 <= low < high / 2 or low == high >= 0:
        low = 0.0
    step = _round_up(max(high - low or abs(high) or 1.0, 1e-9) / STEPS)
    first = math.floor(low / step)
    return _Scale(first * step, step, max(1, math.ceil(high / step) - first))


def _round_up(step: float) -> float:
    """Round up to the next of … 1, 2, 5, 10, 20, 50 …"""
    tens: float = 10.0 ** math.floor(math.log10(step))
    return next(tens * factor for factor in (1, 2, 5, 10) if tens * factor >= step * (1 - 1e-9))


def _place_points(chart: Chart, scale: _Scale) -> list[_Point | None]:
    """Place each point; None for a gap."""
    return [
        None if value is None else _Point(_x(index, len(chart.points)), scale.y(value), value)
        for index, (_, value) in enumerate(chart.points)
    ]


def _x(index: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / count


def _draw_rules(scale: _Scale) -> Iterator[str]:
    for value in scale.marks():
        y = scale.y(value)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{FAINT}"/>'
        yield _draw_text(LEFT - 10, y + 5, figure(value), anchor="end")


def _draw_labels(points: Sequence[tuple[str, float | None]]) -> Iterator[str]:
    every = math.ceil(len(points) / LABELS)
    for index, (label, _) in enumerate(points):
        if index % every == 0:
            yield _draw_text(_x(index, len(points)), HEIGHT - BOTTOM + 25, _clip_words(label, LABEL))


def _draw_curves(points: Sequence[_Point | None]) -> Iterator[str]:
    """Draw a line through each run of neighbours, and a dot for every point, which shows a lonely one too."""
    for is_run, run in groupby(points, key=lambda point: point is not None):
        if is_run:
            path = " ".join(f"{point.x:.1f},{point.y:.1f}" for point in run if point)
            yield f'<polyline points="{path}" fill="none" stroke="{CURVE}" stroke-width="3"/>'
    yield from (f'<circle cx="{point.x:.1f}" cy="{point.y:.1f}" r="4" fill="{CURVE}"/>' for point in points if point)


def _draw_text(x: float, y: float, words: str, *, anchor: str = "middle", style: str = PLAIN) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" {style} text-anchor="{anchor}"'
    return f"<text {place} {HALO}>{escape(_UNWRITTEN.sub('', words))}</text>"


def _clip_words(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
