"""The sample services: what they need, by what alerts are known to be theirs, what they deliver."""

from typing import Any, Final

from hub.app.sample.plan import KEY, ROWS

_HARD: Final = "hard"
_SOFT: Final = "soft"

# ref | name | tier | owner | needs (`?` soft) | delivers: milestone code:role
_ROWS: Final = """
core-network | 核心网络 Core network | 1 | 网络组 Network |  |
branch-network | 分支机构网络 Branch network | 3 | 网络组 Network |  |
storage | 存储 Storage | 1 | 运维组 Operations | core-network |
oa-db | 办公数据库 Office database | 1 | 数据库组 DBA | storage | M8:delivers M8:uses M11:delivers
cache-a | 缓存节点甲 Cache node A | 3 | 运维组 Operations | core-network |
cache-b | 缓存节点乙 Cache node B | 3 | 运维组 Operations | core-network |
message-queue | 消息队列 Message queue | 2 | 运维组 Operations | storage |
sso | 统一身份认证 Single sign-on | 1 | 平台组 Platform | oa-db | M11:delivers
api-gateway | 接口网关 Interface gateway | 1 | 平台组 Platform | sso | M11:delivers
workflow | 工作流引擎 Workflow engine | 1 | 流程组 Process | oa-db message-queue | M8:delivers
doc-flow | 公文流转 Document flow | 2 | 流程组 Process | workflow storage | M8:delivers
portal | 门户 Portal | 1 | 前端组 Frontend | api-gateway search? | M11:delivers
expense | 报销与财务接口 Expenses | 2 | 流程组 Process | workflow message-queue? | M8:uses
staff | 考勤与人事 Attendance, staff | 3 | 应用组 Apps | oa-db sso | M7:delivers
mobile | 移动端 Mobile app | 2 | 移动组 Mobile | api-gateway im? | M7:delivers
im | 即时通信 Instant messaging | 2 | 应用组 Apps | sso message-queue | M7:delivers
search | 全文检索 Full-text search | 3 | 应用组 Apps | oa-db? | M7:delivers
test-env | 测试环境 Test environment | 3 | 测试组 Test | core-network | M9:environment_for
"""
_ALIASES: Final = {
    "oa-db": ["oadb", "office-database"],
    "workflow": ["wf-engine"],
    "doc-flow": ["docflow"],
    "portal": ["oa-portal"],
    "sso": ["iam"],
}


def services() -> list[dict[str, Any]]:
    """Return the catalogue as `services.yaml` holds it."""
    rows = (line.split("|") for line in _ROWS.strip().splitlines())
    return [_service(*(cell.strip() for cell in row)) for row in rows]


def _service(
    ref: str, name: str, tier: str, owner: str, needs: str, delivers: str
) -> dict[str, Any]:
    service: dict[str, Any] = {"ref": ref, "name": name, "tier": int(tier), "owner": owner}
    if ref in _ALIASES:
        service["aliases"] = _ALIASES[ref]
    service["match"] = {"labels": {"service": [ref]}, "hosts": [f"{ref}-0*"]}
    depends_on = [_dependency(need) for need in needs.split()] + _group(ref)
    if depends_on:
        service["depends_on"] = depends_on
    if delivers:
        service["delivers"] = [_delivery(item) for item in delivers.split()]
    service["environment"] = "test" if ref == "test-env" else "production"
    return service


def _dependency(need: str) -> dict[str, Any]:
    return {"service": need.rstrip("?"), "hardness": _SOFT if need.endswith("?") else _HARD}


def _group(ref: str) -> list[dict[str, Any]]:
    """Let the gateway live on one of two cache nodes: one of the group is enough."""
    if ref != "api-gateway":
        return []
    group = {"hardness": _HARD, "group": "cache", "needed": 1}
    return [{"service": node, **group} for node in ("cache-a", "cache-b")]


def _delivery(item: str) -> dict[str, str]:
    code, role = item.split(":")
    milestone = next(row.title for row in ROWS if row.code == code)
    return {"project": KEY, "milestone": milestone, "role": role}
