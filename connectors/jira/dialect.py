"""What differs between Jira Cloud and Jira Data Center. Pure: one table, asked by dialect.

Source: Atlassian, Jira Cloud platform REST API v3, and Jira Data Center REST API v2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

OLDEST: Final = (8, 20)
"""The oldest Data Center that this connector was made for; older ones are tried."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One of the two.

    Shape: `by_token` tells how search pages; it may change when a site says that a path is gone.
           `census_size` is how many ids are asked for at once.
    """

    cloud: bool
    by_token: bool
    census_size: int
    said: str = ""
    version: tuple[int, ...] = ()

    @property
    def api(self) -> str:
        """Return the version of the API."""
        return "3" if self.cloud else "2"

    @property
    def order(self) -> str:
        """Return how an incremental search is sorted.

        Shape: by place, a row that changes meanwhile must not move, or another would slip through
               between two pages; by token, one that changes moves to the end and is seen again.
        """
        return "ORDER BY updated ASC, key ASC" if self.by_token else "ORDER BY created ASC, key ASC"

    def other(self) -> "Dialect":
        """Return the dialect that searches the other way."""
        return Dialect(
            not self.cloud, not self.by_token, _size(not self.by_token), self.said, self.version
        )


def of(info: Mapping[str, Any], api: str) -> Dialect:
    """Read what `serverInfo` says; `api` is what the admin says of it, or auto."""
    cloud = str(info.get("deploymentType", "")) == "Cloud" if api == "auto" else api == "cloud"
    numbers = info.get("versionNumbers")
    version = tuple(n for n in numbers if isinstance(n, int)) if isinstance(numbers, list) else ()
    return Dialect(cloud, cloud, _size(cloud), str(info.get("version", ""))[:40], version)


def _size(by_token: bool) -> int:  # noqa: FBT001
    return 5000 if by_token else 1000
