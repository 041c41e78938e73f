"""The stand-in for the provider `random`: random values that are drawn once and then kept in the state."""
