"""What stands in for downloads: the engine, an embedded cluster and providers, built from package registries."""
