"""SQL text: names and values quoted as Postgres reads them, whatever they hold."""

import re

_PLAIN = re.compile(r"\w+")


def literal(text: str) -> str:
    """A string constant, for a session with `standard_conforming_strings`."""
    return "'" + text.replace("'", "''") + "'"


def relation(table: str) -> str:
    """A table of schema `public`; raises ValueError for a name that is more than letters, digits and `_`."""
    if not _PLAIN.fullmatch(table):
        raise ValueError(f"table `{table}`: write letters, digits and `_` only")
    return f'public."{table}"'
