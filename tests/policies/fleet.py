"""A fleet of services of any size, each with its own database, for measuring speed."""

from __future__ import annotations

from typing import Any

from .stack import deployment, from_config, from_secret, kube, secret, service, value


def fleet(resources: int) -> list[Any]:
    """About so many resources: ten for each service, spread over namespaces, nothing shared."""
    stack: list[Any] = []
    for number in range(resources // 10):
        name = f"service-{number}"
        place: dict[str, Any] = {"namespace": f"team-{number // 5}", "owner": f"owner-{number}"}
        host = f"{name}-db"
        stack += [
            kube("ConfigMap", f"{name}-config", **place, data={"LOG_LEVEL": "info", "DB_HOST": host, "DB_NAME": name}),
            kube("Secret", f"{name}-secret", **place, stringData={"password": secret("x"), "user": secret(name)}),
            deployment(
                host, kind="StatefulSet", image="postgres:16", ports=[5432], **place, protect=True,
                env=[from_secret("POSTGRES_PASSWORD", f"{name}-secret", "password")],
            ),
            service(host, host, 5432, **place),
            service(name, name, 80, **place),
            kube("ServiceAccount", name, **place),
            kube("NetworkPolicy", f"{name}-db", **place, spec={
                "podSelector": {"matchLabels": {"app": host}},
                "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": name}}}]}],
            }),
            *(
                deployment(
                    part, **place, labels={"app": name}, env_from=[{"configMapRef": {"name": f"{name}-config"}}],
                    env=[
                        from_secret("DB_PASSWORD", f"{name}-secret", "password"),
                        from_config("DATABASE_HOST", f"{name}-config", "DB_HOST"),
                        value("DATABASE_URL", f"postgres://$(DB_USER):$(DB_PASSWORD)@{host}.team-{number // 5}/{name}"),
                        *(value(f"SETTING_{i}", f"value {i}") for i in range(8)),
                    ],
                )
                for part in (name, f"{name}-worker", f"{name}-scheduler")
            ),
        ]  # fmt: skip
    return stack
