"""Tests of a room."""
