"""Renders curves as images (port: bot.ports.Charts): an SVG of ours through resvg (the extra `charts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from adapters.charts.curve import HEIGHT, WIDTH, svg

if TYPE_CHECKING:
    from bot.message import Chart
    from bot.ports import Charts

log = structlog.get_logger()
ZOOM = 2.0
"""Pixels a unit: screens are sharper than the drawing is large."""
_FRAME = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30">{}</svg>'


def build() -> Charts | None:
    """Build the renderer; None where the extra is not installed, or the machine has no font."""
    try:
        import resvg_py  # noqa: F401  # is it installed?
    except ModuleNotFoundError:
        return None
    if _render_png(_FRAME.format('<text y="25" font-family="sans-serif">é</text>')) == _render_png(_FRAME.format("")):
        log.info("no font is installed: curves are tables")
        return None
    return Drawing()


class Drawing:
    """Renders curves with the machine's own fonts."""

    def png(self, chart: Chart) -> bytes:
        return _render_png(svg(chart), ZOOM)


def _render_png(drawing: str, zoom: float = 1.0) -> bytes:
    import resvg_py

    width = int(WIDTH * zoom) if zoom > 1 else None
    height = int(HEIGHT * zoom) if zoom > 1 else None
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, background="#ffffff", width=width, height=height))
