"""What the rules know of the world, as data: store engines, operators, cloud types."""


def listed(words: str) -> frozenset[str]:
    """A set of words written as one text."""
    return frozenset(words.split())
