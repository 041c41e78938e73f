"""A stack that walks through the years, step by legal step, and what is watched while it does."""
