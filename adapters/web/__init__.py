"""A chat in a page of the browser: the demo's, and the one of an installation without any platform."""

from __future__ import annotations
