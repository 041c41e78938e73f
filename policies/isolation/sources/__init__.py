"""Where resources come from: the analyzer, Kubernetes YAML and stack exports."""
