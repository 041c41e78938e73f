"""The script of the definitions Job: import what the broker must have, then remove what it must not have any more.

An import only adds and updates. The order is what keeps messages and consumers whole: new paths stand before old
ones go, a queue is unbound before it is judged empty, and whatever still holds messages or is consumed stays.
"""

import shlex
from urllib.parse import quote

from components.rendering.rabbitmq import CURL_FILE, DEFINITIONS_FILE, DEFINITIONS_FOLDER
from roadmap.topology import Broker

SCRIPT_FILE = "import.sh"
URL_VARIABLE = "BROKER_URL"
"""Environment variable with the management API's URL, such as `http://events.broker.svc:15672`."""

_FUNCTIONS = r"""
set -euf
folder=${DEFINITIONS_FOLDER:-%(folder)s}
answer=$(mktemp)
kept=' '
settled=

fail() {
  echo "$*" >&2
  exit 1
}

# request METHOD PATH [OPTION...]: sets $status to 2xx or 404 and leaves the body in $answer; ends the Job otherwise.
request() {
  method=$1
  path=$2
  shift 2
  status=$(curl --config "$folder/%(curl)s" --request "$method" --output "$answer" \
    --write-out '%%{http_code}' "$@" "$%(url)s/api/$path") ||
    fail "$method $path: the broker's management API does not answer"
  case $status in
    2?? | 404) ;;
    *) fail "$method $path: HTTP $status $(cat "$answer")" ;;
  esac
}

found() {
  [ "$status" != 404 ]
}

# remove PATH WHAT
remove() {
  request DELETE "$1"
  if found; then echo "removed $2"; fi
}

# count FIELD: the number of that name in $answer; nothing before the queue's first statistics.
count() {
  sed -n "s/.*\"$1\":\([0-9][0-9]*\).*/\1/p" "$answer"
}

# unbind_all QUEUE: from the events exchange. A key comes encoded once, and a path holds it encoded twice.
unbind_all() {
  request GET "bindings/$vhost/e/$exchange/q/$1?columns=properties_key"
  if found; then
    for key in $(grep -o '"properties_key":"[^"]*"' "$answer" | cut -d '"' -f 4 | sed 's/%%/%%25/g'); do
      remove "bindings/$vhost/e/$exchange/q/$1/$key" "a binding of queue $1"
    done
  fi
}

consumes() {
  request GET "consumers/$vhost?columns=channel_details.user"
  grep -qF "\"user\":\"$1\"" "$answer"
}

# settle: once, as soon as there is something to judge; the management API hears of it only every 5 seconds.
settle() {
  if [ -z "$settled" ]; then
    sleep "${SETTLE_SECONDS:-15}"
    settled=yes
  fi
}

# remove_user NAME: a removed user is cut off, so whoever consumes as one is waited for, and never cut.
remove_user() {
  request GET "users/$1"
  found || return 0
  settle
  attempt=0
  while consumes "$1"; do
    attempt=$((attempt + 1))
    [ "$attempt" -le 6 ] || fail "user $1 must go but somebody still consumes as it: stop that workload, update again"
    sleep "${PAUSE_SECONDS:-5}"
  done
  remove "users/$1" "user $1"
}

keep() {
  kept="$kept$1 "
  echo "kept queue $1: $2"
}

# remove_queue NAME [PARENT]: a quorum queue knows no `if-empty`, so it is judged here, after it was unbound: by its
# counts, and by a look at its first message, which is exact and puts the message back.
# https://github.com/rabbitmq/rabbitmq-server/issues/10543
remove_queue() {
  request GET "queues/$vhost/$1?columns=messages,consumers"
  if found; then
    settle
    case $kept in *" ${2:-} "*)
      keep "$1" "it takes the dead letters of $2, which stays"
      return ;;
    esac
    request GET "queues/$vhost/$1?columns=messages,consumers"
    messages=$(count messages)
    consumers=$(count consumers)
    if [ "$messages" = 0 ] && [ "$consumers" = 0 ]; then
      request POST "queues/$vhost/$1/get" --header 'Content-Type: application/json' \
        --data '{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}'
      [ "$(cat "$answer")" = '[]' ] || messages="some"
    fi
    if [ "$messages" != 0 ] || [ "$consumers" != 0 ]; then
      keep "$1" "${messages:-unknown} messages, ${consumers:-unknown} consumers; drain it, then delete it"
      return
    fi
    remove "queues/$vhost/$1" "queue $1"
  fi
  remove "policies/$vhost/$1" "policy $1"
}
"""


def import_script(broker: Broker) -> str:
    """The script for `sh`; it ends with 0 once everything is imported and removed, or kept for a reason it prints.

    It reads `BROKER_URL`, and for a try outside of a pod `DEFINITIONS_FOLDER`, `SETTLE_SECONDS` (before a queue's
    counts are believed) and `PAUSE_SECONDS` (between two looks at whether a user still consumes).
    """
    functions = _FUNCTIONS % {"folder": DEFINITIONS_FOLDER, "curl": CURL_FILE, "url": URL_VARIABLE}
    lines = [
        functions.strip(),
        "",
        f"vhost={shlex.quote(_path(broker.virtual_host))}",
        f"exchange={shlex.quote(_path(broker.exchange))}",
        "request POST definitions --header 'Content-Type: application/json' "
        f'--data-binary "@$folder/{DEFINITIONS_FILE}"',
        'found || fail "the broker has no definitions to import into"',
    ]
    lines += _removals(broker)
    return "\n".join([*lines, 'rm -f "$answer"', ""])


def _removals(broker: Broker) -> list[str]:
    """One call each: bindings first, so that nothing arrives while queues are judged; dead letters last."""
    lines = [
        f"remove {_binding(queue.name, key)} {shlex.quote(f'binding {key} of queue {queue.name}')}"
        for queue in broker.queues
        for key in queue.retired_bindings
    ]
    lines += [f"unbind_all {_path(queue)}" for queue in broker.retired_queues]
    lines += [f"remove_user {_path(user)}" for user in broker.retired_users]
    for queue in sorted(broker.retired_queues, key=len):
        parents = [other for other in broker.retired_queues if queue.startswith(f"{other}.")]
        lines.append(" ".join(["remove_queue", _path(queue), *map(_path, parents[:1])]))
    return lines


def _binding(queue: str, key: str) -> str:
    """RabbitMQ decodes the path once and the routing key in it once more."""
    return f'"bindings/$vhost/e/$exchange/q/{_path(queue)}/{_path(_path(key))}"'


def _path(name: str) -> str:
    """A name as one segment of a path."""
    return quote(name, safe="")
