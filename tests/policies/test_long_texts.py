"""Files as long as a ConfigMap may be, made of nothing but beginnings: reading them costs no more than their length."""

from __future__ import annotations

import time

import pytest

from policies.isolation.addresses.endpoints import addresses_in_text, endpoints
from policies.isolation.addresses.forwards import forwards
from policies.isolation.addresses.settings import settings_in, without_comments

LENGTH = 200_000
BEGINNINGS = [
    "<!--", "/*\n", "{{", "${", "$(", "<%", "TCP-LISTEN:1 ", "(SERVICE_NAME=(HOST=", "upstream a {", "server {",
    "postgres://", "host=a ", "'a' => ", "<a b='c' ", "u:p@", "a.", "a-", " # \"", "[", "address = \"",
]  # fmt: skip


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_text_takes_long_to_read(beginning: str) -> None:
    text = beginning * (LENGTH // len(beginning))
    start = time.process_time()
    for name in ("app.conf", "app.xml"):
        settings_in(name, without_comments(name, text))
    forwards(text)
    list(addresses_in_text(text))
    endpoints(text)
    assert time.process_time() - start < 10  # what grows with the square of the length takes minutes
