"""Stand-ins for the official providers `kubernetes` and `random`, for a machine that cannot download plugins."""
