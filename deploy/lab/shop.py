"""A small shop to look at: hosts in Zabbix, rules in Prometheus, services in the hub."""

from typing import Any, Final

from deploy.lab.prometheus import WATCHDOG, Rule
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger

GROUP: Final = "Shop"
USER: Final = "milepost"
_DB: Final = {"service": "shop-db"}
_WEB: Final = {"service": "shop-web"}
_DATABASE: Final = (
    Trigger("db.connections", 80, 4, "Connections on {HOST.NAME} are over 80 %", _DB),
    Trigger("db.replication_lag", 30, 2, "Replication on {HOST.NAME} is over 30 s late", _DB),
)
_FRONT: Final = (
    Trigger("web.errors", 5, 3, "More than 5 % of the answers of {HOST.NAME} fail", _WEB),
)

RULES: Final = (
    WATCHDOG,
    Rule(
        "QueueTooLong",
        "shop_queue_length > 100",
        {"severity": "high", "service": "shop-queue"},
        {"summary": "{{ $value }} orders wait in the queue"},
    ),
    Rule(
        "TargetDown",
        "up == 0",
        {"severity": "warning"},
        {"summary": "{{ $labels.instance }} does not answer"},
    ),
)
_UP: Final = {"connector": "am-main", "query": "avg(up)"}
_QUEUE: Final = {"connector": "am-main", "query": "max(shop_queue_length)", "unit": "count"}
_ANSWERS: Final = {"connector": "am-main", "query": "max(scrape_duration_seconds)"}
_CPU: Final = 'avg(1 - rate(node_cpu_seconds_total{mode="idle"}[1m]))'
_MEMORY: Final = "max(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"
SLOS: Final = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop-db-disk, displayName: The database does not wait for its disk}
spec:
  service: shop-db
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {spec: {query: 'node_cpu_seconds_total{mode="iowait"}'}}}
        total: {metricSource: {spec: {query: node_cpu_seconds_total}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.9}]
"""
"""Seconds of the processor stand in for requests: they are counted on every machine."""
SERVICES: Final[list[dict[str, Any]]] = [
    {
        "ref": "shop-web",
        "name": "Shop",
        "tier": 1,
        "owner": "Web",
        "match": {"hosts": ["shop-web-*"]},
        "metrics": {
            "availability": {**_UP},
            "latency": {**_ANSWERS},
            "saturation": {"connector": "am-main", "query": _CPU},
        },
        "depends_on": [
            {"service": "shop-db", "hardness": "hard"},
            {"service": "shop-queue", "hardness": "soft"},
        ],
    },
    {
        "ref": "shop-db",
        "name": "Shop database",
        "tier": 1,
        "owner": "DBA",
        "match": {"hosts": ["shop-db-*"]},
        "metrics": {
            "availability": {**_UP},
            "latency": {**_ANSWERS},
            "saturation": {"connector": "am-main", "query": _MEMORY},
        },
    },
    {
        "ref": "shop-queue",
        "name": "Order queue",
        "tier": 2,
        "owner": "Operations",
        "metrics": {"saturation": {**_QUEUE}},
    },
]


def furnish(zabbix: Zabbix) -> str:
    """Make the shop's hosts, and a user for the hub; return the user's API token."""
    corner = Corner.make(zabbix, GROUP)
    corner.host("shop-db-01", _DATABASE)
    corner.host("shop-web-01", _FRONT)
    return corner.user(USER)


def example(zabbix: Zabbix, host: str = "shop-db-01", key: str = _DATABASE[0].key) -> str:
    """Return the command that makes a problem; its last word is the value."""
    address, port = zabbix.trapper
    return f"zabbix_sender -z {address} -p {port} -s {host} -k {key} -o 97"
