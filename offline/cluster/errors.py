"""The one error of this package: a sentence that names what failed, where, and the fix."""


class ClusterError(Exception):
    """The embedded cluster (or any named cluster) cannot be used; the message is meant for a person as it stands."""
