"""Waiting until an object is ready or gone, and saying what is missing when it takes too long."""
