"""The project's own benchmark: the isolation pack beside two known tools on the same objects, in one run."""
