"""A release by a service's own pipeline: its identity against the API server, no Pulumi and no lock."""

import json
import uuid

import kubernetes

from components.kubernetes.pipeline import deployer_rules
from roadmap.topology import Pipeline
from tests.engine.conftest import Project


class Deployer:
    """The deployer of one owner, as the workflow of its pipeline would act."""

    def __init__(self, project: Project, prefix: str, owner: str) -> None:
        self._project = project
        self.owner = owner
        self.namespace = f"{prefix}-{owner}"
        self.identity = f"--as=system:serviceaccount:{self.namespace}:{owner}-deployer"

    def _as_itself(self, arguments: str) -> str:
        return self._project.kubectl(f"{arguments} -n {self.namespace} {self.identity}")

    def release(self, image: str, deployments: list[str], *, migration: str | None) -> None:
        """Migrate, roll out, write the record."""
        if migration is not None:
            job = f"{migration}-{uuid.uuid4().hex[:8]}"
            self._project.shell(
                f"kubectl -n {self.namespace} {self.identity} create job {job} --from cronjob/{migration} "
                f"--dry-run=client -o yaml | kubectl set image --local -f - '*={image}' -o yaml | "
                f"kubectl -n {self.namespace} {self.identity} create -f - && "
                f"kubectl -n {self.namespace} {self.identity} wait job/{job} --for condition=Complete --timeout 60s"
            ).must_succeed()
        for deployment in deployments:
            self._as_itself(f"set image deployment/{deployment} '*={image}'")
            self._as_itself(f"rollout status deployment/{deployment} --timeout 60s")
        record = json.dumps({"data": {"image": image}})
        self._as_itself(f"patch configmap {self.owner}-release --type=merge -p '{record}'")

    def rights(self, namespace: str, pipeline: Pipeline, *, migration: str) -> set[str]:
        """Of all it needs for a release, what the API server lets it do in a namespace (SubjectAccessReview)."""
        config = kubernetes.config.new_client_from_config(
            config_file=str(self._project.root / ".cluster" / "kubeconfig"), context="embedded"
        )
        reviews = kubernetes.client.AuthorizationV1Api(config)
        user = f"system:serviceaccount:{self.namespace}:{self.owner}-deployer"
        granted: set[str] = set()
        for group, resource, name, verb in needed(pipeline, migration):
            kind, _, subresource = resource.partition("/")
            asked = {
                "namespace": namespace, "group": group, "resource": kind, "subresource": subresource,
                "name": name, "verb": verb,
            }  # fmt: skip
            review = reviews.create_subject_access_review(
                {"spec": {"user": user, "groups": ["system:authenticated"], "resourceAttributes": asked}}
            )
            if review.status.allowed:
                granted.add(f"{verb} {resource}.{group} {name}")
        return granted


def needed(pipeline: Pipeline, migration: str) -> list[tuple[str, str, str, str]]:
    """API group, resource, name and verb of every right of a deployer."""
    return [
        (str(group), str(resource), str(name), str(verb))
        for rule in deployer_rules(pipeline, migration)
        for group in rule["api_groups"]  # type: ignore[union-attr]
        for resource in rule["resources"]  # type: ignore[union-attr]
        for name in rule.get("resource_names") or [""]  # type: ignore[union-attr]
        for verb in rule["verbs"]  # type: ignore[union-attr]
    ]
