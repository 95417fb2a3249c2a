"""Going through every part of a catalogue, whatever its section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.catalogue.loader import Catalogue


def parts(catalogue: Catalogue) -> Iterator[BaseModel]:
    """Every model of the catalogue, entries and what is inside them."""
    for field in fields(catalogue):
        yield from _inside(getattr(catalogue, field.name))


def _inside(value: Any) -> Iterator[BaseModel]:
    match value:
        case BaseModel():
            yield value
            for name in type(value).model_fields:
                yield from _inside(getattr(value, name))
        case Mapping():
            for each in value.values():
                yield from _inside(each)
        case tuple():
            for each in value:
                yield from _inside(each)
        case _:
            return
