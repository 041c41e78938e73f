"""Where `auth-shared-secret` begins and ends: who reads whose key, whose keys are equal, who knows no public keys."""

from __future__ import annotations

import pytest

from ..stack import deployment, from_secret, kube, secret
from .small import Objects, move, told

SIGNING = {"app.kubernetes.io/component": "signing-key"}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param(
            [kube("Secret", "key", owner="monolith", labels=SIGNING, stringData={"pem": secret("x")}),
             deployment("ai-api", owner="ai", env=[from_secret("KEY", "key", "pem")])],
            ["Deployment ai-api (ai, monolith): ai-api (owner ai) → Secret key (owner monolith): a key that signs "
             "tokens stays with its owner; validate by JWKS"],
            id="another owner's signing key",
        ),
        pytest.param(
            [kube("Secret", "key", owner="monolith", labels=SIGNING, stringData={"pem": secret("x")}),
             deployment("monolith-api", owner="monolith", env=[from_secret("KEY", "key", "pem")])],
            [], id="its owner",
        ),
    ],
)  # fmt: skip
def test_a_key_is_read(objects: Objects, expected: list[str]) -> None:
    assert told("auth-shared-secret", [move(), *objects]) == expected
