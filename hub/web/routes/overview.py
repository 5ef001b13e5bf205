"""What an admin looks at first: what waits, what did not fit, what changed last."""

from collections.abc import Mapping

from hub.web.call import READERS, Call
from hub.web.operations import Operations
from hub.web.shapes import overview as shapes

overview = Operations("admin")


@overview.op("GET", "/api/v1/intake", roles=READERS, out=shapes.Intake)
async def get_intake(call: Call) -> Mapping[str, object]:
    """Read what waits for a commit, what was rejected, and what changed last."""
    return await call.services.overview.intake()


@overview.op("GET", "/api/v1/unmapped", roles=READERS, out=shapes.UnmappedList)
async def list_unmapped(call: Call) -> Mapping[str, object]:
    """List the words of the newest records that no mapping document knows."""
    return await call.services.overview.unmapped()
