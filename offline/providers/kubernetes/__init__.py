"""The stand-in for the provider `kubernetes`: the real API server behind Pulumi's provider protocol."""
