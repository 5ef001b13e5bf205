"""Hubs that really run, as the integration tests have them."""

from tests.integration.conftest import empty_store, running_hub

__all__ = ["empty_store", "running_hub"]
