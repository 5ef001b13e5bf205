"""Jira: projects, issues, versions and what binds them, of a Cloud or a Data Center.

Start at `parse` (what an issue is, as records), then `source` (pulling), `search` (how no list is
taken for whole that is not), `position` and `jql` (how nothing is missed), `fates` (what became of
what is gone). `session` asks, `patience` waits, `dialect` knows what differs between the two kinds
of Jira, `fields` which field of a site is what.
"""

from connectors.jira.checker import Checker
from connectors.jira.settings import Settings
from connectors.jira.source import Source
from hub.contract import Connector, Manifest

__all__ = ["CONNECTOR"]

CONNECTOR = Connector(
    manifest=Manifest(
        type="jira",
        title="Jira",
        kinds=("project", "user", "version", "issue", "link"),
        mappings=("mappings", "jira"),
        manual="https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/",
        work=True,
    ),
    settings=Settings,
    source=Source,
    checker=Checker,
)
