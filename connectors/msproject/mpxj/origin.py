"""What a plan was before it became Project XML, and what its XML therefore does not say.

MPXJ writes into the XML what the form demands: an assignment to nobody for each task that has none,
a title, a calendar of its own for each Primavera resource. None of it was in the file.
Source: MPXJ 16.10, org.mpxj.mspdi.MSPDIWriter; tested against its own reading of the same files.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Origin:
    """A format that MPXJ reads.

    Shape: `name` is the word of `import --json`, `suffix` what MPXJ wants a file to be called.
           `made_up`: title and resource calendars are MPXJ's own.
    """

    name: str
    suffix: str
    shown: str
    made_up: bool = False


MPP: Final = Origin("MPP", ".mpp", "a Microsoft Project .mpp file")
MPX: Final = Origin("MPX", ".mpx", "an MPX file")
XER: Final = Origin("XER", ".xer", "a Primavera P6 .xer file", made_up=True)
PMXML: Final = Origin("PMXML", ".xml", "Primavera P6 XML (PMXML)", made_up=True)
ORIGINS: Final = (MPP, MPX, XER, PMXML)
