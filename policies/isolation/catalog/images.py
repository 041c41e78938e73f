"""What an image's name tells of what runs in it: an engine, a proxy, an observer or a console."""

from __future__ import annotations

import re
from typing import Final

from . import listed
from .engines import BY_WORD, Engine

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

# Observers, relays of changes and consoles read everybody's data; they are no second service of a store.
_OBSERVERS: Final = listed(
    "exporter otel opentelemetry otelcol prometheus grafana fluentd fluentbit fluent filebeat metricbeat logstash "
    "vector promtail telegraf datadog newrelic dynatrace instana jaeger zipkin loki tempo thanos kibana "
    "elastic-agent cadvisor velero kube-state-metrics cdc debezium maxwell pgadmin adminer phpmyadmin cloudbeaver "
    "mongo-express redis-commander redisinsight kafdrop kafka-ui akhq sqlpad configserver config-server"
)


def image_words(image: str) -> tuple[str, ...]:
    """The words of an image's name, without registry, tag and digest; the publisher's last."""
    path = re.sub(r"[@:][^/]*$", "", image.lower())
    path = re.sub(r"^[^/]+\.[^/]+/|^localhost(:\d+)?/", "", path)
    *publishers, base = path.split("/")
    words = re.split(r"[-_.]", base)
    return (base, *words, *publishers[-1:])


# Names under which a publisher's image may be nothing but the engine that the publisher is called after.
_BARE = listed("server db database community enterprise node lite standalone cluster oss single edge")
# Publishers of several engines: any other engine in an image's name says more.
_VENDORS = listed("percona")


def engine_of_image(image: str) -> tuple[Engine | None, bool]:
    """The engine an image holds, and whether its name alone is proof (`postgres:16`, not `shop-postgres`)."""
    words = image_words(image)
    if not words or _COMPANIONS & set(words) or is_proxy(image):
        return None, False
    if "/" in image and words[0] not in BY_WORD and not set(words[1:-1]) <= _BARE:
        words = words[:-1] if words[-1] not in words[1:-1] else words
    for word in sorted(words, key=lambda word: word in _VENDORS):
        engine = BY_WORD.get(word) or BY_WORD.get(word.rstrip("0123456789"))
        if engine is not None:
            return engine, words[0] in BY_WORD or words[-1] in BY_WORD
    return None, False


def is_proxy(image: str) -> bool:
    """Whether an image is a connection pooler or a proxy."""
    return bool(_PROXIES & set(image_words(image)))


def is_observer(image: str) -> bool:
    """Whether an image belongs to the observability plane, relays changes, or is an administrator's console."""
    return bool(_OBSERVERS & {word.rstrip("0123456789") for word in image_words(image)})
