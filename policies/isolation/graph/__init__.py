"""The ownership graph: who owns what, who uses what, and by which path."""
