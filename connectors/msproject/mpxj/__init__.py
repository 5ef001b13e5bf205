"""Plans that are no Project XML, made into it by MPXJ: a `java` process for each file (ADR 0027).

`converting` is what the importer calls, `process` keeps the program within its limits, `origin`
says what the made XML does not.
"""

from connectors.msproject.mpxj.converting import Converter
from connectors.msproject.mpxj.origin import MPP, MPX, ORIGINS, PMXML, XER, Origin

__all__ = ["MPP", "MPX", "ORIGINS", "PMXML", "XER", "Converter", "Origin"]
