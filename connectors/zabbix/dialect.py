"""What differs between the versions of Zabbix. Pure: one table, asked by version.

Source: Zabbix manual, API changes of each release; 6.0 and 7.0 were seen live.
"""

import re
from dataclasses import dataclass
from typing import Final

Version = tuple[int, int]

OLDEST: Final[Version] = (6, 0)
NEWEST: Final[Version] = (7, 4)
"""The versions that this connector was made for; others are tried, and told about."""

_BEARER: Final[Version] = (6, 4)
_BEARER_ONLY: Final[Version] = (7, 2)
_HOST_GROUPS: Final[Version] = (6, 2)
_SUPPRESS: Final[Version] = (6, 2)
_SELECT_ACKNOWLEDGES: Final[Version] = (7, 0)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version's words.

    Shape: `bearer` and `in_body` are where a token may stand. `groups` is (parameter of
           trigger.get, key of its answer). `acknowledges` is the parameter of event.get.
    """

    version: Version
    said: str

    @classmethod
    def of(cls, said: str) -> "Dialect | None":
        """Read what `apiinfo.version` answered; None when it is no version."""
        found = re.match(r"(\d{1,4})\.(\d{1,4})", said, re.ASCII)
        return None if found is None else cls((int(found[1]), int(found[2])), said[:40])

    @property
    def bearer(self) -> bool:
        """Whether a token goes into the header."""
        return self.version >= _BEARER

    @property
    def in_body(self) -> bool:
        """Whether a token is taken from the body too."""
        return self.version < _BEARER_ONLY

    @property
    def groups(self) -> tuple[str, str]:
        """Return how trigger.get is asked for host groups, and how it answers."""
        if self.version >= _HOST_GROUPS:
            return "selectHostGroups", "hostgroups"
        return "selectGroups", "groups"

    @property
    def acknowledges(self) -> str:
        """Return how event.get is asked for acknowledgements."""
        if self.version >= _SELECT_ACKNOWLEDGES:
            return "selectAcknowledges"
        return "select_acknowledges"

    @property
    def suppresses(self) -> bool:
        """Whether a problem can be suppressed by hand."""
        return self.version >= _SUPPRESS

    @property
    def known(self) -> bool:
        """Whether this connector was made for it."""
        return OLDEST <= self.version <= NEWEST
