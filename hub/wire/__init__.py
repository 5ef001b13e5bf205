"""The way to a tool: `hub.contract.Wire` over aiohttp, and over requests for blocking libraries.

Start at `opened`: one wire to a connector. `trust` says which certificates hold, `proxying` who is
asked through a proxy, `faults` what a failure of the transport means.
"""

from hub.wire.opened import open_wire

__all__ = ["open_wire"]
