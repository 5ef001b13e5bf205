"""What an admin fills in for one Microsoft Project plan."""

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

MEBIBYTE = 1024 * 1024


class Settings(BaseModel):
    """One plan: a file that is watched, or uploads only when `path` is absent.

    Shape: `java` is the program that reads .mpp, .mpx, .xer and PMXML, with the extra [mpp].
    Units: `max_bytes` bounds one file; the default is four times the largest plan we know.
           `mpxj_seconds` and `mpxj_megabytes` (of heap) bound the program.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path | None = Field(default=None, description="the plan file to watch")
    project: str | None = Field(default=None, min_length=1, description="key of the project")
    timezone: str | None = Field(default=None, description="zone of the plan's wall-clock dates")
    poll_seconds: float = Field(default=30, gt=0)
    read_only: bool = True
    sheet: str | None = Field(default=None, min_length=1, description="the sheet with the plan")
    date_order: Literal["ymd", "dmy", "mdy"] | None = Field(
        default=None, description="what 03/04/2026 means in a table"
    )
    max_bytes: int = Field(default=512 * MEBIBYTE, gt=0)
    java: str | None = Field(default=None, min_length=1, description="program; default: java")
    mpxj_seconds: float = Field(default=60, gt=0, le=3600)
    mpxj_megabytes: int = Field(default=512, ge=8, le=65_536)

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (KeyError, OSError, ValueError) as error:
            words = f"{name!r} is no time zone; write one as Asia/Shanghai or Europe/Berlin"
            raise ValueError(words) from error
