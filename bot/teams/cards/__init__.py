"""Cards of the team's settings, set-up and roles."""
