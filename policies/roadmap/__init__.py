"""This roadmap's rules, each with its section of ROADMAP.md.

The Pulumi engine runs them when this folder is given as `--policy-pack`; `python -m policies.roadmap verify` holds
their levels and exemptions.
"""
