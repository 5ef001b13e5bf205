import re
from pathlib import Path

import hub.linking
from hub.linking import REASON_CODES
from hub.linking.confidence import STRENGTH
from hub.model.words import DeliveryRole

SOURCE = "\n".join(path.read_text() for path in Path(hub.linking.__file__).parent.glob("[a-z]*.py"))
MADE = {f"service_by_{kind}" for kind in STRENGTH} | {f"milestone_{role}" for role in DeliveryRole}


def test_every_code_that_is_written_in_a_decision_is_declared() -> None:
    assert set(re.findall(r'Reason\("(\w+)"', SOURCE)) <= REASON_CODES
    assert MADE <= REASON_CODES


def test_every_declared_code_is_given_by_a_decision() -> None:
    written = set(re.findall(r'"((?:[a-z]+_)*[a-z]+)"', SOURCE)) | MADE
    assert written >= REASON_CODES
