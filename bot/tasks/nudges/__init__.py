"""Scheduled messages about tasks."""
