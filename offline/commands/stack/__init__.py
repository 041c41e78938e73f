"""One stack of one program: its files, its cluster, its engine runs, and what a killed run leaves of it."""
