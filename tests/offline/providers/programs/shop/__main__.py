"""A namespace, a random password in a Secret, a Deployment that reads it, a Service and a custom resource."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

config = pulumi.Config()
cluster = kubernetes.Provider(
    "cluster", kubeconfig=config.require("kubeconfig"), context=config.require("context")
)
options = pulumi.ResourceOptions(provider=cluster)
labels = {"app.kubernetes.io/name": "web"}

namespace = kubernetes.core.v1.Namespace("shop", metadata={"name": config.require("namespace")}, opts=options)
password = random.RandomPassword(
    "password",
    length=24,
    # None of them is written as an escape in JSON, so that the state can be searched for the password as it is.
    override_special="_-",
    keepers={"version": config.require("password_version")},
)
credentials = kubernetes.core.v1.Secret(
    "credentials",
    metadata={"namespace": namespace.metadata.name},
    string_data={"password": password.result, "fixed": pulumi.Output.secret("fixed-and-hidden")},
    opts=options,
)
kubernetes.core.v1.ConfigMap(
    "greeting",
    metadata={"name": "greeting", "namespace": namespace.metadata.name},
    data={"greeting": config.require("greeting")},
    opts=options,
)
environment = [
    {"name": "TOKEN", "value": pulumi.Output.secret("token-and-hidden")},
    {
        "name": "PASSWORD",
        "value_from": {"secret_key_ref": {"name": credentials.metadata.name, "key": "password"}},
    },
]
web = kubernetes.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": namespace.metadata.name, "labels": labels},
    spec={
        "replicas": config.require_int("replicas"),
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": config.require("image"),
                        "env": environment,
                        "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}},
                    }
                ]
            },
        },
    },
    opts=options,
)
service = kubernetes.core.v1.Service(
    "web",
    metadata={"name": "web", "namespace": namespace.metadata.name},
    spec={"selector": labels, "ports": [{"port": 80, "target_port": 8080}]},
    opts=pulumi.ResourceOptions(provider=cluster, depends_on=[web]),
)
kubernetes.apiextensions.CustomResource(
    "edge",
    api_version="gateway.networking.k8s.io/v1",
    kind="Gateway",
    metadata={
        "name": "edge",
        "namespace": namespace.metadata.name,
        "annotations": {"pulumi.com/waitFor": "condition=Programmed"},
    },
    spec={"gatewayClassName": "any", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
    opts=options,
)
pulumi.export("address", service.spec.cluster_ip)
pulumi.export("password", password.result)
