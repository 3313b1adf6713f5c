"""Stand-ins for outside systems: separate processes that import nothing of the portal."""
