"""The rows of the sample plan: the article's office platform, 20 million CNY in twelve months.

The story at month 7: performance tests were put off twice, the database strains, and the
preliminary acceptance is close with nothing in hand; the plan hopes to win the time back by a
shorter acceptance test and trial run. People appear as roles only.
"""

from dataclasses import dataclass, replace
from typing import Final

TITLE: Final = "智能办公平台 Intelligent office platform"
KEY: Final = "OFFICE"


@dataclass(frozen=True, slots=True)
class Role:
    """Who works on the plan, as a role. Units: `rate` CNY an hour; `heads` full-time people."""

    title: str
    rate: int
    heads: int


ROLES: Final[dict[str, Role]] = {
    "PM": Role("项目经理 PM", 220, 1),
    "PMO": Role("项目管理办公室 PMO", 140, 1),
    "BA": Role("业务分析 BA", 170, 3),
    "Architect": Role("架构师 Architect", 280, 2),
    "DBA": Role("数据库 DBA", 240, 2),
    "Backend": Role("后端开发 Backend", 170, 10),
    "Frontend": Role("前端开发 Frontend", 160, 5),
    "Mobile": Role("移动开发 Mobile", 170, 3),
    "Test": Role("测试 Test", 130, 5),
    "Ops": Role("运维 Ops", 160, 4),
    "Security": Role("安全 Security", 210, 2),
    "Supervision": Role("监理 Supervision", 170, 1),
    "Supplier": Role("供应商 Supplier", 200, 4),
    "Trainer": Role("培训 Trainer", 130, 3),
    "Legal": Role("法务 Legal", 240, 1),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the plan.

    Units: `promised` and `days` are working days, at the baseline and as it runs now; `extra` is
           10,000 CNY of goods and services. Shape: `code` is "" for a heading; `not_before` is
           the working day to which work that should have begun was put off.
    """

    level: int
    code: str
    title: str
    promised: int = 0
    days: int = 0
    roles: str = ""
    extra: int = 0
    after: str = ""
    not_before: int = 0

    @property
    def milestone(self) -> bool:
        """A row without duration that is no heading."""
        return bool(self.code) and not self.promised


def _rows(text: str) -> tuple[Row, ...]:
    return tuple(_row(line) for line in text.strip().splitlines())


def _row(line: str) -> Row:
    cells = [cell.strip() for cell in line.split("|")]
    level = len(line) - len(line.lstrip())
    if len(cells) == 1:
        return Row(level, "", cells[0])
    code, title, days, roles, extra, after, *put_off = cells
    promised, _, now = days.partition(">")
    return Row(
        level,
        code,
        title,
        int(promised or 0),
        int(now or promised or 0),
        roles,
        int(extra or 0),
        after,
        int(put_off[0]) if put_off else 0,
    )


# level by indent | code | title | promised>now days | roles:units | extra | after | put off to day
ROWS: Final = _rows("""
启动 Initiating
 I1 | 编制项目章程 Write the project charter | 5 | PM:1 PMO:1 | 1 |
 I2 | 识别干系人 Identify the stakeholders | 5 | PM:0.5 BA:1 | 0 | I1 SS+2
 I3 | 可行性与预算论证 Feasibility and budget case | 7 | PM:1 BA:1 Architect:0.5 | 4 | I1
 I4 | 招标与合同谈判 Tender and contract | 10>11 | PM:0.5 PMO:1 Legal:1 | 12 | I3 FS-2
 I5 | 组建联合团队与 RACI Joint team and its RACI | 4 | PM:1 Ops:0.5 | 0 | I2, I4 SS+5
 M1 | 立项批准 Charter approved | | | | I4, I5
规划 Planning
 P1 | 十二个部门需求调研 Requirements in twelve departments | 15>16 | BA:3 PM:0.5 | 6 | M1
 P2 | 业务流程梳理 Business process mapping | 10 | BA:2 | 2 | P1 SS+5
 P3 | 需求规格说明书 Requirements specification | 8 | BA:2 Architect:0.5 | 0 | P1, P2 FF+3
 M2 | 需求基线 Requirements baselined | | | | P3
 P4 | 总体架构设计 Architecture | 9 | Architect:2 | 10 | P3 FS-2
 P5 | 数据架构与数据库设计 Data and database design | 9>8 | Architect:1 DBA:1 | 4 | P4 SS+4
 P6 | 接口规范 Interface specification | 7 | Architect:1 Backend:1 | 0 | P4 SS+5
 P7 | 安全与等级保护方案 Security and protection plan | 8 | Security:1 | 8 | P4 SS+3
 P8 | 质量与测试计划 Quality and test plan | 5 | Test:1 PMO:0.5 | 0 | P4
 P9 | 容灾与备份方案 Disaster recovery plan | 5 | Ops:1 DBA:0.5 | 2 | P5
 P10 | 进度与成本基线 Schedule and cost baseline | 4 | PM:1 PMO:1 | 0 | P4, P8 FF+1
 M3 | 设计评审通过 Design review passed | | | | P5, P6, P7, P9, P10
执行 Executing
 基础设施 Infrastructure
  E1 | 机房与网络 Data centre and network | 14 | Ops:2 Supplier:1 | 40 | M3
  E2 | 服务器与存储采购 Servers and storage | 20>24 | PMO:0.5 Supplier:1 | 90 | P4 FS+5
  E3 | 容器平台 Container platform | 10 | Ops:2 Supplier:1 | 30 | E1, E2
  E4 | 数据库集群部署 Database cluster | 8>10 | DBA:1 Ops:1 | 40 | E2, P5
  E5 | 消息与缓存 Messaging and cache | 6 | Ops:1 | 20 | E4 SS+3
  E6 | 监控平台 Monitoring | 7 | Ops:1 | 15 | E3 SS+4
  E7 | 持续集成流水线 Delivery pipeline | 8 | Ops:1 Backend:1 | 6 | E3
  E8 | 生产扩容与正式许可证 Production capacity and licences | 20 | Ops:2 Supplier:1 | 220 | M9
  M4 | 基础设施就绪 Infrastructure ready | | | | E3, E4, E5, E6, E7
 平台开发 Platform development
  D1 | 统一身份认证 Single sign-on | 16>17 | Backend:2 Security:0.5 | 20 | M3
  D2 | 门户 Portal | 30>33 | Frontend:3 Backend:1 | 10 | D1 SS+8
  D3 | 工作流引擎 Workflow engine | 36>48 | Backend:4 Architect:0.5 | 30 | M3
  D4 | 公文流转 Document flow | 34>46 | Backend:3 Frontend:1 BA:0.5 | 12 | D3 SS+14
  D5 | 会议管理 Meetings | 18>20 | Frontend:1 Backend:1 | 8 | D2
  D6 | 考勤与人事 Attendance and staff | 24>30 | Backend:2 Frontend:1 | 16 | D2
  D7 | 报销与财务接口 Expenses and finance | 30>42 | Backend:3 Frontend:1 BA:0.5 | 22 | D3 SS+16
  D8 | 合同与采购 Contracts and purchasing | 24>32 | Backend:2 Frontend:1 | 30 | D3
  D9 | 移动端 Mobile app | 42>56 | Mobile:3 Backend:1 | 40 | D1, D2 FS-10
  D10 | 即时通信 Instant messaging | 26>28 | Backend:2 Supplier:1 | 60 | D1 FS+20
  D11 | 全文检索 Full-text search | 30>26 | Backend:2 | 28 | D4 FS-4
  D12 | 报表与看板 Reports | 24>28 | Backend:1 Frontend:1 BA:0.5 | 12 | D7
  D13 | 电子签章 Electronic signature | 16>20 | Backend:1 Supplier:1 | 60 | D4 SS+14
  D14 | 接口网关 Interface gateway | 14 | Backend:2 | 12 | D1
  D15 | 智能助手 Assistant | 30>32 | Backend:2 Supplier:1 | 90 | D11 FF+12
  M5 | 门户与身份试用 Portal and sign-on pilot | | | | D1, D2, D14
  M6 | 核心流程完成 Core processes complete | | | | D3, D4, D7, D13
  M7 | 功能开发完成 Features complete | | | | M5, M6, D5, D6, D8, D9, D10, D12, D15
 数据迁移 Data migration
  G1 | 旧系统数据清查 Audit of the old data | 12 | DBA:0.5 BA:1 | 0 | M3
  G2 | 迁移工具 Migration tool | 22>26 | Backend:2 DBA:0.5 | 6 | G1, P5
  G3 | 第一轮试迁移 First trial migration | 8>9 | DBA:1 Backend:1 | 2 | G2, M4
  G4 | 第二轮试迁移 Second trial migration | 8 | DBA:1 Backend:1 | 2 | G3 FS+20
  G5 | 数据核对 Reconciliation | 7 | BA:2 DBA:0.5 | 0 | G4
监控 Monitoring and controlling
 T1 | 测试环境 Test environment | 8>10 | Ops:1 Test:1 | 30 | M4
 T2 | 测试用例 Test cases | 26>30 | Test:2 BA:0.5 | 0 | P8 FS+20, M2
 T3 | 集成测试 Integration test | 30>34 | Test:3 Backend:1 | 6 | T1, T2, M5, D3 FS-6
 T4 | 性能脚本与数据 Performance scripts and data | 10 | Test:1 DBA:0.5 | 10 | T1, D3 FS-4 | 118
 T5 | 数据库容量评估 Database capacity assessment | 5 | DBA:1 Architect:0.5 | 30 | T4 | 132
 T6 | 慢查询治理与调优 Slow queries and database tuning | 8>11 | DBA:2 Backend:1 | 30 | T4 SS+5
 T7 | 高并发压力测试 High-concurrency load test | 6>4 | Test:2 DBA:1 Ops:1 | 60 | T5, T6
 M8 | 初验 Preliminary acceptance | | | | T7, M6
 T12 | 整改与复测 Rework and re-test | 16>15 | Backend:3 Test:2 DBA:0.5 | 40 | M8
 T8 | 安全渗透测试 Penetration test | 10 | Security:2 | 25 | T3 SS+20
 T9 | 等级保护测评 Protection assessment | 14 | Security:1 Supplier:1 | 38 | T8
 T10 | 容灾切换演练 Disaster recovery drill | 4 | Ops:2 DBA:1 | 4 | P9, E4, T3
 M9 | 集成测试通过 Integration test passed | | | | T3, M7
 T11 | 用户验收测试 User acceptance test | 26>22 | BA:2 Test:2 Supervision:0.5 | 50 | T12, M9, G5
 M10 | 用户验收通过 User acceptance passed | | | | T9, T10, T11
收尾 Closing
 C1 | 用户培训 Training | 20 | Trainer:3 | 50 | M9
 C2 | 上线切换 Cut-over | 4 | Ops:2 DBA:1 Backend:2 | 20 | M10, C1, E8
 M11 | 正式上线 Go-live | | | | C2
 C3 | 试运行 Trial run | 63>56 | Ops:3 Backend:2 DBA:0.5 | 120 | M11
 C4 | 旧系统并行 Parallel run of the old system | 15 | Ops:0.5 | 12 | M11 SF+10
 C5 | 运行手册与知识库 Runbooks and knowledge base | 12 | Ops:1 BA:1 | 2 | C3 SS+2
 C6 | 运维移交 Handover to operations | 8 | Ops:2 Backend:1 | 0 | C3 SS+30
 M12 | 试运行结束 Trial run complete | | | | C3, C4
 C7 | 终验材料 Papers of the final acceptance | 6 | PM:1 PMO:1 | 0 | C3 FS-4
 M13 | 终验通过 Final acceptance | | | | C5, C6, C7, M12
 C8 | 决算与审计 Settlement and audit | 10 | PM:0.5 PMO:1 Legal:0.5 | 80 | M13
 C9 | 项目与系统双复盘 Retrospective of project and system | 4 | PM:1 Ops:1 | 0 | M13
 M14 | 项目收尾 Project closed | | | | C8, C9
""")

_HOPED: Final = {"T5": 3}
YESTERDAY: Final = tuple(replace(row, days=_HOPED.get(row.code, row.days)) for row in ROWS)
"""The same plan a day ago: the capacity assessment was hoped to take three days, not five."""
