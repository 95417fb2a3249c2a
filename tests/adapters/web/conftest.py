from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.web.visit import Visited, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def visited() -> AsyncIterator[Visited]:
    """The French demo, served on this machine."""
    async with serve() as there:
        yield there
