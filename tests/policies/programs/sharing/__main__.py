"""The program that the environment's `WAY` names, out of `tests/policies/ways.py` or `look_alikes.py`.

The lists there are what the engine shows a pack. Here each becomes what a person writes: resources of Pulumi,
with outputs where a value comes from another resource, and unknown where nobody can know it at a preview.
"""

import os
import sys
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

CLONE = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(CLONE))

from tests.policies.look_alikes import LOOK_ALIKES  # noqa: E402 - only found by the line above
from tests.policies.registered import register  # noqa: E402
from tests.policies.ways import WAYS  # noqa: E402

named = {way.__name__: way for way in (*WAYS, *LOOK_ALIKES)}
cluster = kubernetes.Provider(
    "cluster", kubeconfig=str(CLONE / ".cluster" / "kubeconfig"), context="embedded"
)
register(named[os.environ["WAY"]](), {"kubernetes": pulumi.ResourceOptions(provider=cluster)})
