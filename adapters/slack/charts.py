"""Charts as Slack's own block (since 2026-06): https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.mrkdwn import clipped
from bot.message import Chart

if TYPE_CHECKING:
    from bot.message import Message

MOST = 2
"""Charts of one message."""
TITLE = 50
POINTS = 20
LABEL = 20


def chart_block(chart: Chart) -> dict[str, Any] | None:
    """Build the native line chart; None where it cannot show the same (no values, too many points, equal labels).

    A month without a figure has no point: missing is not zero, and the alternative text says so.
    """
    points = [(clipped(label, LABEL), value) for label, value in chart.points if value is not None]
    labels = [label for label, _ in points]
    if not points or len(points) > POINTS or len(set(labels)) < len(labels):
        return None
    series = {
        "name": clipped(chart.title, LABEL),
        "data": [{"label": label, "value": value} for label, value in points],
    }
    return {
        "type": "data_visualization",
        "title": clipped(chart.title, TITLE),
        "chart": {"type": "line", "series": [series], "axis_config": {"categories": labels}},
    }


def pictured(message: Message, *, native: bool) -> list[Chart]:
    """Return the curves that Slack does not draw: beyond its limits, or all where it refuses the block.

    A curve without any value is left out.
    """
    charts = [block for block in message.blocks if isinstance(block, Chart)]
    drawn = [chart for chart in charts if chart_block(chart) is not None][:MOST] if native else []
    return [chart for chart in charts if not any(chart is other for other in drawn) and _has_values(chart)]


def _has_values(chart: Chart) -> bool:
    return any(value is not None for _, value in chart.points)
