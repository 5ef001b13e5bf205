"""RFC 9457 problems."""

from pydantic import BaseModel, Field


class Fault(BaseModel):
    """One thing that is wrong."""

    loc: str = Field(description="Where, e.g. `query/limit` or `body/alerts/0`.")
    type: str = Field(description="Of what kind; for a translation.")
    msg: str


class Problem(BaseModel):
    """Why a request was not carried out, and what to do."""

    type: str = Field("about:blank", description="An address that explains this kind of problem.")
    title: str
    status: int
    detail: str | None = None
    errors: tuple[Fault, ...] = ()
    request_id: str | None = Field(None, description="Names this request in the hub's log.")
