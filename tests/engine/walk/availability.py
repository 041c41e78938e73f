"""Watches, while an update runs, that every public path has a ready backend for each share of its requests."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kubernetes

SECONDS_BETWEEN_LOOKS = 0.5
SERVICE = "kubernetes.io/service-name"


@dataclass(slots=True)
class Availability:
    """What was seen of the public paths; `gaps` names each path that somebody would have found closed."""

    looks: int = 0
    paths: set[str] = field(default_factory=set)
    gaps: list[str] = field(default_factory=list)


class Watch:
    """Looks at the routes of one edge namespace until it is left; the first look counts from when all were ready."""

    def __init__(self, kubeconfig: Path, context: str, edge_namespace: str) -> None:
        client = kubernetes.config.new_client_from_config(config_file=str(kubeconfig), context=context)
        self._objects = kubernetes.client.CustomObjectsApi(client)
        self._namespace = edge_namespace
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_until_stopped, daemon=True)
        self._failure: BaseException | None = None
        self.seen = Availability()

    def __enter__(self) -> Availability:
        self._thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _look_until_stopped(self) -> None:
        try:
            while not self._stop.wait(SECONDS_BETWEEN_LOOKS):
                self._look()
        except BaseException as failure:
            self._failure = failure

    def _look(self) -> None:
        # Routes first: an endpoint that comes after the route that needs it must not pass for one that was there.
        routes = self._objects.list_namespaced_custom_object(
            "gateway.networking.k8s.io", "v1", self._namespace, "httproutes"
        )["items"]
        ready = self._ready_services()
        self.seen.looks += 1
        for route in routes:
            for rule in route["spec"]["rules"]:
                path = rule["matches"][0]["path"]["value"]
                self.seen.paths.add(path)
                self._judge(path, route["metadata"]["name"], rule["backendRefs"], ready)

    def _judge(self, path: str, name: str, references: list[dict[str, Any]], ready: set[str]) -> None:
        shares = [reference for reference in references if reference.get("weight", 1) > 0]
        if not shares:
            self.seen.gaps.append(
                f"{time.strftime('%H:%M:%S')} {path}: no backend of route {name} has any weight"
            )
        for reference in shares:
            service = f"{reference.get('namespace', self._namespace)}/{reference['name']}"
            if service not in ready:
                self.seen.gaps.append(
                    f"{time.strftime('%H:%M:%S')} {path}: {service} of route {name} is not ready"
                )

    def _ready_services(self) -> set[str]:
        # As plain data: the typed client refuses a slice without endpoints, which there are.
        slices = self._objects.list_cluster_custom_object("discovery.k8s.io", "v1", "endpointslices")["items"]
        return {
            f"{item['metadata']['namespace']}/{item['metadata'].get('labels', {}).get(SERVICE)}"
            for item in slices
            if any(end.get("conditions", {}).get("ready") for end in item.get("endpoints") or [])
        }
