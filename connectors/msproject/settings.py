"""What an admin fills in for one Microsoft Project plan."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

MEBIBYTE = 1024 * 1024


class Settings(BaseModel):
    """One plan: a file that is watched, or uploads only when `path` is absent.

    Units: `max_bytes` bounds one file; the default is four times the largest plan we know.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path | None = Field(default=None, description="the plan file to watch")
    project: str | None = Field(default=None, min_length=1, description="key of the project")
    timezone: str | None = Field(default=None, description="zone of the plan's wall-clock dates")
    poll_seconds: float = Field(default=30, gt=0)
    read_only: bool = True
    max_bytes: int = Field(default=512 * MEBIBYTE, gt=0)

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (KeyError, OSError, ValueError) as error:
            words = f"{name!r} is no time zone; write one as Asia/Shanghai or Europe/Berlin"
            raise ValueError(words) from error
