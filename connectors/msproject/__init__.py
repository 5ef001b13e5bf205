"""Microsoft Project: plans as MSPDI XML, by import, upload, or a watched path.

Start reading in `parse/reading.py`: one file from its first byte to its last.
"""

from connectors.msproject.importer import MspdiImporter
from connectors.msproject.settings import Settings
from connectors.msproject.source import watch
from hub.contract import Connector, Manifest

CONNECTOR = Connector(
    manifest=Manifest(
        type="msproject",
        title="Microsoft Project",
        kinds=("project", "calendar", "resource", "task", "dependency", "assignment"),
        mappings=("mappings", "msproject"),
        manual="Microsoft, Project XML Data Interchange Schema Reference",
    ),
    settings=Settings,
    importer=MspdiImporter,
    watch=watch,
)
