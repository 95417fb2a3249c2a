# `just` alone lists these. Everything here is a plain command that can be typed without just.

_default:
    @just --list

# install everything that the product, its tests and its judges need
setup:
    uv sync --group judges

# what a change must pass: the steps of .ci/run, without its installs
check:
    bash .ci/run --no-install

# a team of four and a clock that you move
demo *options:
    uv run vigie demo {{ options }}

# the tests, or some of them
test *paths:
    uv run pytest {{ paths }}

# put the code in its shape
format:
    uv run ruff check --fix
    uv run ruff format

# write again what the documentation takes from the product: transcripts, commands, settings
docs:
    uv run python -m tests.surface.pages

# the pictures of the README and the guide, taken anew from the page
pictures:
    uv run --group judges python -m tests.pictures

# a new revision of the tables, from what storage/schema.py says now: just migration "Keep the feeds"
migration title:
    uv run python -m storage.migrations "{{ title }}"
