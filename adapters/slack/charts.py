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


def pictured(message: Message, *, native: bool) -> list[Chart]:
    """The curves that Slack does not draw itself: too many, not to be said in its block, or none where it refuses them.

    One of which nothing is known is no curve.
    """
    charts = [block for block in message.blocks if isinstance(block, Chart)]
    drawn = [one for one in charts if chart_block(one) is not None][:MOST] if native else []
    return [one for one in charts if not any(one is other for other in drawn) and _known(one)]


def _known(chart: Chart) -> bool:
    return any(value is not None for _, value in chart.points)
