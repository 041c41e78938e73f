"""The GitHub Actions workflow of one owner's pipeline: its own trigger, image, migration, rollout and record.

It never runs Pulumi and never takes a stack's lock (Global Anti-Patterns, Distributed monolith: independent
deployment pipelines). What it may do in the cluster ends at its namespace.
"""

import json
from typing import Any

import yaml

from roadmap.topology import Pipeline

KUBECTL = 'kubectl --server "$CLUSTER_SERVER" --certificate-authority ca.crt --token "$CLUSTER_TOKEN"'


def workflow(pipeline: Pipeline, *, stack: str, migration: str | None) -> str:
    """YAML of the workflow; `migration` is the suspended CronJob that holds the migration's template, if there is one.

    The environment of the repository that is named like the stack supplies variables CLUSTER_SERVER and
    CLUSTER_AUTHORITY (PEM) and secret CLUSTER_TOKEN, a token of the deployer.
    """
    namespace = f"--namespace {pipeline.namespace}"
    steps: list[dict[str, object]] = [
        {"name": "Check out", "uses": "actions/checkout@v4"},
        {"name": "Build and push by digest", "id": "image", "run": _build(pipeline)},
        {
            "name": "Trust the cluster",
            "run": "printf '%s\\n' \"$CLUSTER_AUTHORITY\" > ca.crt",
            "env": {"CLUSTER_AUTHORITY": "${{ vars.CLUSTER_AUTHORITY }}"},
        },
    ]
    if migration is not None:
        steps.append({"name": "Migrate", "run": _migrate(namespace, migration)})
    steps += [
        {"name": "Roll out", "run": _roll_out(pipeline, namespace)},
        {"name": "Write the release record", "run": _record(pipeline, namespace)},
    ]
    document = {
        "name": f"Release {pipeline.owner} to {stack}",
        "on": {"push": {"branches": ["main"], "paths": list(pipeline.source_paths)}},
        "permissions": {"contents": "read"},
        "concurrency": {"group": f"release-{pipeline.owner}-{stack}", "cancel-in-progress": False},
        "jobs": {
            "release": {
                "runs-on": "ubuntu-24.04",
                "environment": stack,
                "env": {
                    "CLUSTER_SERVER": "${{ vars.CLUSTER_SERVER }}",
                    "CLUSTER_TOKEN": "${{ secrets.CLUSTER_TOKEN }}",
                    "REGISTRY_TOKEN": "${{ secrets.REGISTRY_TOKEN }}",
                },
                "steps": steps,
            }
        },
    }
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1000)


def _build(pipeline: Pipeline) -> str:
    registry = pipeline.registry.split("/")[0]
    return (
        f'printf %s "$REGISTRY_TOKEN" | docker login {registry} --username {pipeline.deployer} --password-stdin\n'
        f"docker buildx build --push --tag {pipeline.registry}:$GITHUB_SHA --metadata-file image.json .\n"
        f'echo "reference={pipeline.registry}@$(jq -r \'."containerimage.digest"\' image.json)" >> "$GITHUB_OUTPUT"\n'
    )


def _migrate(namespace: str, migration: str) -> str:
    job = f"{migration}-${{GITHUB_SHA::8}}-$GITHUB_RUN_ATTEMPT"
    return (
        f"{KUBECTL} {namespace} create job {job} --from cronjob/{migration} --dry-run=client --output yaml |\n"
        f"  kubectl set image --local --filename - '*={_IMAGE}' --output yaml |\n"
        f"  {KUBECTL} {namespace} create --filename -\n"
        f"{KUBECTL} {namespace} wait job/{job} --for condition=Complete --timeout 30m\n"
    )


def _roll_out(pipeline: Pipeline, namespace: str) -> str:
    lines = [
        f"{KUBECTL} {namespace} set image deployment/{deployment} '*={_IMAGE}'"
        for deployment in pipeline.deployments
    ]
    lines += [
        f"{KUBECTL} {namespace} rollout status deployment/{deployment} --timeout 15m"
        for deployment in pipeline.deployments
    ]
    return "\n".join(lines) + "\n"


def _record(pipeline: Pipeline, namespace: str) -> str:
    patch = json.dumps({"data": {"image": _IMAGE}})
    return f"{KUBECTL} {namespace} patch configmap {pipeline.release_record} --type merge --patch '{patch}'\n"


_IMAGE = "${{ steps.image.outputs.reference }}"


class _Dumper(yaml.SafeDumper):
    """Scripts as literal blocks, the way a person writes them."""


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
