"""Jobs that run again exactly when they must, and a pipeline's releases that no update undoes."""

from collections.abc import Callable
from typing import Any

import pytest

from roadmap.topology import Queue, Setting, Topology
from tests.components.conftest import containers, monolith, with_monolith
from tests.components.program import Program, run

IMAGE = "registry.example.com/pmt/monolith:1.0.0"
RELEASED = "registry.example.com/pmt/monolith@sha256:" + "ab" * 32
IMAGE_FIELD = "spec.template.spec.containers[0].image"

Change = Callable[[Topology], Topology]


def jobs(program: Program) -> dict[str, str]:
    return {job.object_name.rsplit("-", 1)[0]: job.object_name for job in program.of("Job")}


def new_image(topology: Topology) -> Topology:
    return with_monolith(topology, image="registry.example.com/pmt/monolith:1.1.0")


def new_migration_command(topology: Topology) -> Topology:
    migration = monolith(topology).migration
    assert migration is not None
    return with_monolith(
        topology, migration=migration.model_copy(update={"command": ("alembic", "upgrade", "+1")})
    )


def new_setting(topology: Topology) -> Topology:
    api, *others = monolith(topology).workloads
    api = api.model_copy(update={"settings": (*api.settings, Setting(name="FLAG", value="on"))})
    return with_monolith(topology, workloads=(api, *others))


def _with_broker(topology: Topology, **changes: Any) -> Topology:
    return topology.model_copy(update={"broker": topology.broker.model_copy(update=changes)})


def new_queue(topology: Topology) -> Topology:
    queue = Queue(name="extra", owner="monolith", bindings=("task.#",), dead_letter_queue="extra.dead-letter")
    return _with_broker(topology, queues=(*topology.broker.queues, queue))


def new_permission(topology: Topology) -> Topology:
    first, *others = topology.broker.users
    return _with_broker(topology, users=(first.model_copy(update={"write": "^nothing$"}), *others))


def new_curl(topology: Topology) -> Topology:
    images = topology.images.model_copy(update={"broker_definitions": "curlimages/curl:8.15.0"})
    return topology.model_copy(update={"images": images})


def bigger_broker(topology: Topology) -> Topology:
    return _with_broker(topology, storage_gib=50)


@pytest.mark.parametrize(
    ("change", "again"),
    [
        pytest.param(lambda topology: topology, set(), id="nothing"),
        pytest.param(new_image, {"monolith-migration"}, id="image"),
        pytest.param(new_migration_command, {"monolith-migration"}, id="migration-command"),
        pytest.param(new_setting, set(), id="setting"),
        pytest.param(new_queue, {"events-definitions"}, id="queue"),
        pytest.param(new_permission, {"events-definitions"}, id="permission"),
        pytest.param(new_curl, {"events-definitions"}, id="definitions-image"),
        pytest.param(bigger_broker, set(), id="broker-size"),
    ],
)
def test_jobs_run_again_exactly_when_their_content_changes(
    program: Program, topology: Topology, change: Change, again: set[str]
) -> None:
    before, after = jobs(program), jobs(run(change(topology)))
    assert {name for name in before if before[name] != after[name]} == again


def test_no_job_vanishes_by_itself(program: Program) -> None:
    assert all("ttlSecondsAfterFinished" not in job.spec for job in program.of("Job"))


def test_a_changed_setting_rolls_the_pods_that_read_it_and_no_others(
    program: Program, topology: Topology
) -> None:
    after = run(new_setting(topology))
    rolled = {
        before.object_name
        for before in program.of("Deployment")
        if before.spec["template"] != after.one("Deployment", before.object_name).spec["template"]
    }
    assert rolled == {"monolith-api"}


def test_a_changed_secret_rolls_the_pods_that_read_it_and_no_others(
    program: Program, topology: Topology
) -> None:
    one = run(topology, application_secrets={"SMTP_PASSWORD": "first"})
    other = run(topology, application_secrets={"SMTP_PASSWORD": "second"})
    rolled = {
        before.object_name
        for before in one.of("Deployment")
        if before.spec["template"] != other.one("Deployment", before.object_name).spec["template"]
    }
    assert rolled == {
        workload.name
        for workload in monolith(topology).workloads
        if any(secret.name == "SMTP_PASSWORD" for secret in workload.secrets)
    }
    assert rolled


@pytest.fixture(scope="module")
def released(topology: Topology) -> Program:
    return run(topology, released_images={"monolith": RELEASED})


def test_the_configured_image_runs_where_nothing_was_released(program: Program) -> None:
    for deployment in program.of("Deployment"):
        (container,) = containers(deployment)
        assert container["image"] == IMAGE
    record = program.one("ConfigMap", "monolith-release")
    assert record.inputs["data"] == {"image": IMAGE, "configured_image": IMAGE}


def test_an_update_ignores_nothing_where_nothing_was_released(program: Program) -> None:
    assert [resource.id for resource in program.resources if resource.ignore_changes] == []


def test_a_released_image_is_left_alone_by_exactly_what_runs_it(released: Program) -> None:
    ignoring = {
        resource.id: resource.ignore_changes for resource in released.resources if resource.ignore_changes
    }
    deployments = {resource.id: (IMAGE_FIELD,) for resource in released.of("Deployment")}
    job = next(job for job in released.of("Job") if job.object_name.startswith("monolith-migration"))
    record = released.one("ConfigMap", "monolith-release")
    assert ignoring == {**deployments, job.id: (IMAGE_FIELD,), record.id: ("data",)}


def test_what_is_new_starts_with_the_released_image(released: Program) -> None:
    job = next(job for job in released.of("Job") if job.object_name.startswith("monolith-migration"))
    for resource in (*released.of("Deployment"), job):
        (container,) = containers(resource)
        assert container["image"] == RELEASED


def test_a_release_starts_no_migration_of_the_stack(program: Program, released: Program) -> None:
    assert jobs(released) == jobs(program)


def test_a_release_leaves_the_pipelines_template_as_it_is(program: Program, released: Program) -> None:
    before, after = (found.one("CronJob", "monolith-migration") for found in (program, released))
    assert before.inputs == after.inputs


def test_where_two_write_a_changed_config_wins(program: Program) -> None:
    forced = {
        resource.id
        for resource in program.objects
        if resource.metadata.get("annotations", {}).get("pulumi.com/patchForce") == "true"
    }
    assert forced == {
        *(resource.id for resource in program.of("Deployment")),
        program.one("ConfigMap", "monolith-release").id,
    }


def test_the_pipelines_template_is_the_stacks_migration_and_never_runs_by_itself(program: Program) -> None:
    template = program.one("CronJob", "monolith-migration")
    job = next(job for job in program.of("Job") if job.object_name.startswith("monolith-migration"))
    assert template.spec["suspend"] is True
    assert template.spec["jobTemplate"]["spec"] == {**job.spec, "ttlSecondsAfterFinished": 604800}
