"""Addresses of stores, as programs are given them: inside text, by variable names, and as cluster DNS names."""
