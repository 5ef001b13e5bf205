"""Writes what connectors were seen to do into the READMEs: `python -m deploy.quality`.

Each connector says it in `quality.yaml`, with the test that shows it; a test checks every word.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import yaml

from hub.contract import Connector

ROOT: Final = Path(__file__).resolve().parents[1]
BEGIN: Final = "<!-- connectors: written by python -m deploy.quality -->"
END: Final = "<!-- end of connectors -->"

ROWS: Final[dict[str, tuple[str, str]]] = {
    "push": ("What the tool sends", "工具推送"),
    "pull": ("Polling", "轮询"),
    "reconcile": ("What ended unseen is closed", "核对并关闭漏报的结束"),
    "heartbeat": ("A dead source closes nothing", "源失联时不误关闭"),
    "file": ("Plan files", "计划文件"),
    "watch": ("A watched path", "监视路径"),
    "acknowledge": ("Acknowledge", "确认"),
    "comment": ("Comment", "评论"),
    "severity": ("Change severity", "改严重度"),
    "suppress": ("Silence", "静默"),
    "unsuppress": ("End a silence", "解除静默"),
    "close": ("Close", "关闭"),
    "survey": ("Hosts, service tree, maintenance", "主机、服务树、维护窗口"),
    "check": ("Check in steps", "逐步自检"),
    "onboarding": ("Bring the tool to tell us", "接入引导"),
}
SIGNS: Final = {"live": "●", "simulator": "◐", "never": "○"}
LEGEND: Final = (
    "● seen on the real tool · ◐ seen on a simulator · ○ written, never seen · blank: not offered",
    "● 在真实工具上验证 · ◐ 在模拟器上验证 · ○ 已写，未经验证 · 空白：不提供",
)


@dataclass(frozen=True, slots=True)
class Quality:
    """What one connector was seen to do. Shape: `can` maps a row to {seen, test, why}."""

    name: str
    tool: str
    releases: dict[str, str]
    can: dict[str, dict[str, str]]


def qualities() -> list[Quality]:
    """Read every connector's own account, in the order of their names."""
    return [_read(path) for path in sorted(ROOT.glob("connectors/*/quality.yaml"))]


def _read(path: Path) -> Quality:
    said: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    releases = {str(name): str(seen) for name, seen in said["releases"].items()}
    return Quality(path.parent.name, said["tool"], releases, said["can"])


def offered(connector: Connector) -> set[str]:
    """Return the rows that a connector's ports offer."""
    ports = {
        "push": connector.receiver,
        "pull": connector.source,
        "reconcile": connector.source,
        "file": connector.importer,
        "watch": connector.watch,
        "check": connector.checker,
        "onboarding": connector.onboarding,
        "survey": connector.surveyor,
    }
    return {row for row, port in ports.items() if port is not None} | set(connector.manifest.writes)


def connector_of(name: str) -> Connector:
    """Return the connector of a folder."""
    found: Connector = import_module(f"connectors.{name}").CONNECTOR
    return found


def matrix(language: int) -> str:
    """Return the table: a column for each connector. Shape: 0 is English, 1 Chinese."""
    found = qualities()
    lines = [
        f"| | {' | '.join(one.tool for one in found)} |",
        f"|---|{':-:|' * len(found)}",
    ]
    for row, names in ROWS.items():
        cells = [SIGNS[one.can[row]["seen"]] if row in one.can else "" for one in found]
        if any(cells):
            lines.append(f"| {names[language]} | {' | '.join(cells)} |")
    releases = [
        "<br>".join(f"{name} {SIGNS[seen]}" for name, seen in one.releases.items()) for one in found
    ]
    lines.append(f"| {('Releases', '版本')[language]} | {' | '.join(releases)} |")
    return "\n".join([*lines, "", LEGEND[language]])


def written(text: str, language: int) -> str:
    """Return a README with the matrix in its place."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{matrix(language)}\n{END}{tail}"


READMES: Final = ("README.md", "README.zh-CN.md")

if __name__ == "__main__":
    for language, name in enumerate(READMES):
        place = ROOT / name
        place.write_text(written(place.read_text("utf-8"), language), "utf-8")
