"""Nobody shares a store: the isolation rules, their ownership graph, and the ways to feed it.

`python -m policies.isolation audit PATH…` audits Kubernetes YAML and stack exports; the Pulumi engine runs
the same rules when this folder is given as `--policy-pack`.
"""
