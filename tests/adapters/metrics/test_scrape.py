"""`/metrics` over a socket, as Prometheus reads it, after a day in which something of each kind happened."""

from __future__ import annotations

import re
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.http import Server
from adapters.metrics import PrometheusMetrics
from bot.cli import _demo_team as demo
from bot.engine.health import Look
from bot.errors import OutcomeUnknownError, TransportError
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address
    from tests.story import Story


@pytest.fixture
def metrics() -> PrometheusMetrics:
    return PrometheusMetrics(["console"])


@pytest.fixture
async def story(template: Path, tmp_path: Path, metrics: PrometheusMetrics) -> AsyncIterator[Story]:
    file = tmp_path / "vigie.db"
    shutil.copy(template, file)
    async with tell(f"sqlite:///{file}", metrics=metrics) as told:
        yield told


@asynccontextmanager
async def _port(metrics: PrometheusMetrics) -> AsyncIterator[str]:
    async def nothing() -> Look:
        return Look({}, {})

    server = Server(metrics.routes(), nothing)
    yield f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}/metrics"
    await server.stop()


async def _scraped(metrics: PrometheusMetrics) -> str:
    async with _port(metrics) as address, aiohttp.ClientSession() as http, http.get(address) as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
        return await answer.text()


async def _counted(metrics: PrometheusMetrics) -> dict[str, float]:
    """Each of our samples by its name, `{platform}` after it where there is one."""
    return {
        sample.name + "".join(f"{{{one}}}" for one in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(await _scraped(metrics))
        for sample in family.samples
    }


async def test_a_quiet_day_is_due_and_sent_and_nothing_else(story: Story, metrics: PrometheusMetrics) -> None:
    await story.until("18:00")

    found = await _counted(metrics)
    assert found["vigie_due_total"] == found["vigie_late_seconds_count"] > 3
    assert found["vigie_sent_total{console}"] >= len(story.events) > 0
    troubles = ("retried", "unknown", "failed", "handler_faults", "odd")
    assert [found[f"vigie_{one}_total{{console}}"] for one in troubles] == [0, 0, 0, 0, 0]
    assert found["vigie_late_seconds_bucket{1.0}"] == found["vigie_due_total"]


async def test_what_was_due_while_it_was_stopped_is_missed(story: Story, metrics: PrometheusMetrics) -> None:
    story.clock.move_to(story.clock.now().replace(day=27))
    await story.until("2026-11-27T18:00")

    assert (await _counted(metrics))["vigie_missed_total"] > 0


@pytest.mark.parametrize(("error", "name"), [
    (TransportError("transport.no_destination", permanent=True), "failed"),
    (TransportError("transport.busy", permanent=False), "retried"),
    (OutcomeUnknownError("transport.unanswered"), "unknown"),
])  # fmt: skip
async def test_a_delivery_that_fails_is_counted_by_how(
    story: Story, metrics: PrometheusMetrics, monkeypatch: pytest.MonkeyPatch, error: TransportError, name: str
) -> None:
    async def refuse(to: Address, message: Message, *, key: str) -> Ref:
        raise error

    monkeypatch.setattr(story.platform, "post", refuse)
    await story.until("2026-11-24T08:00")

    assert (await _counted(metrics))[f"vigie_{name}_total{{console}}"] > 0


async def test_a_request_that_failed_by_our_fault_is_counted(
    story: Story, metrics: PrometheusMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.pipeline.run_line", fail)
    await story.says("Léa", "jour")

    assert (await _counted(metrics))["vigie_handler_faults_total{console}"] == 1


async def test_no_name_stands_in_it(story: Story, metrics: PrometheusMetrics) -> None:
    await story.says("Léa", "fait veille")
    await story.until("18:00")

    shown = await _scraped(metrics)
    names = [*demo.PEOPLE, *demo.PEOPLE.values(), demo.WORKSPACE, story.place.team, story.place.channel, "Mirabelle"]
    assert [one for one in names if re.search(rf"\b{re.escape(one)}\b", shown)] == []
    assert set(re.findall(r'(\w+)="', shown)) == {"platform", "le"}
