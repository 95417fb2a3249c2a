"""From a team's settings and roles to neutral messages."""
