"""The one error of this package: a sentence that names what failed, where, and the fix."""


class ClusterError(Exception):
    """A cluster cannot be used; the message is meant for a person as it stands."""
