"""What the application itself is made of: services, their workloads, migrations and signing key."""
