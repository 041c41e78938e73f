"""Analytics reads the monolith's database: once through a Secret declared here, once through one that is not.

Nothing of this may ever be created. At the first preview the password is unknown, so the Secret's content is
too; the isolation pack has to refuse by what is known: who owns what, and what goes into what.
"""

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

CLONE = Path(__file__).resolve().parents[4]
OWNER = "service-extraction/owner"
NAMESPACE = "foreign-reader"


def metadata(name: str, owner: str) -> dict[str, Any]:
    return {"name": name, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": name, OWNER: owner}}


def reader(name: str, secret_name: pulumi.Input[str]) -> kubernetes.apps.v1.Deployment:
    """A worker of analytics that logs in to the database with a Secret's password."""
    labels = {"app.kubernetes.io/name": name, OWNER: "analytics"}
    password = {"secretKeyRef": {"name": secret_name, "key": "password"}}
    return kubernetes.apps.v1.Deployment(
        name,
        metadata=metadata(name, "analytics"),
        spec={
            "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "containers": [
                        {
                            "name": "worker",
                            "image": "registry.example.com/pmt/analytics:1.0.0",
                            "env": [{"name": "DATABASE_PASSWORD", "valueFrom": password}],
                        }
                    ]
                },
            },
        },
        opts=pulumi.ResourceOptions(provider=cluster),
    )


config = pulumi.Config()
cluster = kubernetes.Provider(
    "cluster", kubeconfig=str(CLONE / config.require("kubeconfig")), context=config.require("context")
)
on_cluster = pulumi.ResourceOptions(provider=cluster)
namespace = kubernetes.core.v1.Namespace(
    "namespace", metadata={"name": NAMESPACE, "labels": {OWNER: "monolith"}}, opts=on_cluster
)
password = random.RandomPassword("monolith-postgres", length=32, special=False)
credentials = kubernetes.core.v1.Secret(
    "monolith-postgres",
    metadata=metadata("monolith-postgres", "monolith"),
    type="kubernetes.io/basic-auth",
    string_data={"username": "monolith", "password": password.result},
    opts=pulumi.ResourceOptions(provider=cluster, depends_on=namespace),
)
kubernetes.apiextensions.CustomResource(
    "monolith-postgres",
    api_version="postgresql.cnpg.io/v1",
    kind="Cluster",
    metadata=metadata("monolith-postgres", "monolith"),
    spec={
        "instances": 1,
        "storage": {"size": "1Gi"},
        "bootstrap": {
            "initdb": {
                "database": "pmt",
                "owner": "monolith",
                "secret": {"name": credentials.metadata["name"]},
            }
        },
    },
    opts=on_cluster,
)
reader("analytics-worker", credentials.metadata["name"])
reader("analytics-report", "monolith-postgres-of-another-stack")
