"""A release by a service's own pipeline: its identity against the API server, no Pulumi and no lock."""

import json
import uuid

from tests.engine.conftest import Outcome, Project


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

    def may(self, verb: str, resource: str, namespace: str) -> bool:
        """The API server's own answer (SubjectAccessReview)."""
        asked: Outcome = self._project.shell(
            f"kubectl auth can-i {verb} {resource} -n {namespace} {self.identity} || true"
        )
        return asked.text.split()[-1] == "yes"
