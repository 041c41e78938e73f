"""What an image's name tells of what runs in it: an engine, a proxy, an observer or a console."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from . import listed
from .engines import BY_NAME, BY_WORD, Engine

# An image with one of these words beside an engine's is about that engine; it is not that engine.
_COMPANIONS: Final = listed(
    "exporter ui express commander admin console operator backup backups proxy client cli manager insight "
    "dashboard dashboards connect mirror rest schema migrate migration migrations tools sync worker consumer producer "
    "api service app web init setup restore browser viewer adapter bridge sidecar agent metrics monitor webhook "
    "collector router loader seed seeder importer dump"
)

# Proxies and poolers hand connections on; what they serve is the store behind them.
_PROXIES: Final = listed(
    "pgbouncer pgpool pgcat odyssey supavisor proxysql maxscale haproxy envoy twemproxy nutcracker socat mcrouter "
    "cloudsql cloud-sql-proxy mysqlrouter predixy pgagroal"
)

# What those speak that speak for one engine.
_SPOKEN: Final = {
    "postgresql": listed("pgbouncer pgpool pgcat odyssey supavisor pgagroal"),
    "mysql": listed("proxysql maxscale mysqlrouter"),
    "redis": listed("twemproxy nutcracker predixy"),
    "memcached": listed("mcrouter"),
}

# Web servers hand requests on as they come, if nothing is built into their image.
_WEB_SERVERS: Final = listed("nginx nginx-unprivileged nginx-ingress caddy traefik httpd")

# Observers, relays of changes and consoles read everybody's data; they are no second service of a store.
_OBSERVERS: Final = listed(
    "exporter otel opentelemetry otelcol prometheus grafana fluentd fluentbit fluent filebeat metricbeat logstash "
    "vector promtail telegraf datadog newrelic dynatrace instana jaeger zipkin loki tempo thanos kibana "
    "elastic-agent cadvisor velero kube-state-metrics cdc debezium maxwell pgadmin adminer phpmyadmin cloudbeaver "
    "mongo-express redis-commander redisinsight kafdrop kafka-ui akhq sqlpad pgweb dbgate flower "
    "rq-dashboard bull-board configserver config-server"
)

# Of a database, or of an engine by name: these copy it, and serve nobody.
_BACKUPS: Final = listed("backup backups dump dumper")
_DATABASES: Final = listed("db database databases sql pg")

# What a mesh or a platform puts beside any container; it says nothing of what the pod is for.
_SIDECARS = listed(
    "proxyv2 linkerd linkerd-proxy envoy daprd consul-dataplane vault oauth2-proxy kube-rbac-proxy jaeger-agent "
    "cloud-sql-proxy cloudsql gce-proxy"
)


def _parts(image: str) -> tuple[str, str | None]:
    """An image's own name, and its publisher's if there is one; registry, tag and digest left out."""
    path = re.sub(r"[@:][^/]*$", "", image.lower())
    path = re.sub(r"^[^/]+\.[^/]+/|^localhost(:\d+)?/", "", path)
    *publishers, base = path.split("/")
    return base, publishers[-1] if publishers else None


@lru_cache(maxsize=4096)
def image_words(image: str) -> tuple[str, ...]:
    """The words of an image's name, without registry, tag and digest; the publisher's last."""
    base, publisher = _parts(image)
    return (base, *re.split(r"[-_.]", base), *((publisher,) if publisher else ()))


# Names under which a publisher's image may be nothing but the engine that the publisher is called after.
_BARE = listed("server db database community enterprise node lite standalone cluster oss single edge")
# Publishers of several engines: any other engine in an image's name says more.
_VENDORS = listed("percona")


def engine_of_image(image: str) -> tuple[Engine | None, bool]:
    """The engine an image holds, and whether its name alone is proof (`postgres:16`, not `shop-postgres`)."""
    if _COMPANIONS & set(image_words(image)) or is_proxy(image):
        return None, False
    base, publisher = _parts(image)
    words = [base, *re.split(r"[-_.]", base)]
    bare = all(word in _BARE or word in BY_WORD for word in words[1:])
    if publisher is not None and bare:
        words.append(publisher)
    for word in sorted(words, key=lambda word: word in _VENDORS):
        engine = BY_WORD.get(word) or BY_WORD.get(word.rstrip("0123456789"))
        if engine is not None:
            return engine, base in BY_WORD or (bare and publisher in BY_WORD)
    return None, False


def engine_of_host(host: str) -> Engine | None:
    """The engine that a host is called after: `redis-master` is, `redis-exporter` is not."""
    split = re.split(r"[-_]", host.lower().split(".")[0])
    if (_COMPANIONS - {"service"}) & set(split):
        return None
    return next((BY_WORD[word] for word in split if word in BY_WORD), None)


def is_proxy(image: str) -> bool:
    """Whether an image is a connection pooler, a proxy, or a web server and nothing else."""
    return bool(_PROXIES & set(image_words(image))) or _parts(image)[0] in _WEB_SERVERS


def engine_of_proxy(image: str) -> Engine | None:
    """The engine whose clients a proxy or pooler is made for; None for one of any."""
    words = set(image_words(image))
    return next((BY_NAME[name] for name, made_for in _SPOKEN.items() if made_for & words), None)


def is_sidecar(image: str) -> bool:
    """Whether an image is a mesh's or a platform's, whatever else runs in the pod."""
    return bool(_SIDECARS & set(image_words(image)))


@lru_cache(maxsize=4096)
def is_observer(image: str) -> bool:
    """Whether an image belongs to the observability plane, relays changes, or is an administrator's console."""
    return bool(_OBSERVERS & {word.rstrip("0123456789") for word in image_words(image)})


def is_backup(image: str) -> bool:
    """Whether an image does nothing but copy a database for safety."""
    words = set(image_words(image))
    return bool(_BACKUPS & words) and bool(words & (_DATABASES | BY_WORD.keys()))
