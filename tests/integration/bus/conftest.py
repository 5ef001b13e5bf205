import pytest

from tests.integration.bus.written import WrittenLog


@pytest.fixture
def written() -> WrittenLog:
    return WrittenLog()
