"""Neutral messages drawn from tasks."""
