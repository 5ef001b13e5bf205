"""Milepost: the hub where incidents meet milestones. Floors and rooms: docs/adr/0001-floors.md."""

__version__ = "0.1.0"
