"""The way to a tool: `hub.contract.Wire` over aiohttp, and over requests for blocking libraries.

Start at `opened`: one wire to a connector. `asking` is its asyncio side, `threads` and `sessions`
are its blocking one. `trust` says which certificates hold, `proxying` who is asked through a
proxy, `verdict` what an answer means, `budget` how often a tool may still be asked, `faults` what a
failure of the transport does, and `veil` keeps secrets out of them all.
"""

from hub.wire.opened import OpenWire, open_wire
from hub.wire.veil import Veil

__all__ = ["OpenWire", "Veil", "open_wire"]
