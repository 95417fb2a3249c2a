"""The team: its members, roles, calendar, hours and settings."""
