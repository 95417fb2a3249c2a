"""Charts as Slack's own block (since 2026-06): https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.spans import clipped

if TYPE_CHECKING:
    from bot.message import Chart

TITLE = 50
POINTS = 20
LABEL = 20


def chart_block(chart: Chart) -> dict[str, Any] | None:
    """The native line chart; None where it cannot say the same (nothing known, too many points, labels not distinct).

    A month without a figure has no point: missing is not zero, and the alternative says so in words.
    """
    known = [(clipped(label, LABEL), value) for label, value in chart.points if value is not None]
    labels = [label for label, _ in known]
    if not known or len(known) > POINTS or len(set(labels)) < len(labels):
        return None
    series = {"name": clipped(chart.title, LABEL), "data": [{"label": label, "value": value} for label, value in known]}
    return {
        "type": "data_visualization",
        "title": clipped(chart.title, TITLE),
        "chart": {"type": "line", "series": [series], "axis_config": {"categories": labels}},
    }
