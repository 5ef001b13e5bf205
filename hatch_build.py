"""Build the dashboard into the wheel (to be filled)."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuild(BuildHookInterface):
    """Placeholder until the dashboard exists."""
