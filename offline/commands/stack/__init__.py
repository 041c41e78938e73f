"""One stack of one program: its files, its cluster, its engine runs, and what is left of it when something was killed."""
