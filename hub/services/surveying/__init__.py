"""Surveying: what a tool knows of hosts and services, held against the catalogue.

Start at `comparing` (pure), then `surveys` (asking the tools, for people) and `told` (the answer).
"""

from hub.services.surveying.comparing import Findings, compared
from hub.services.surveying.surveys import Surveys

__all__ = ["Findings", "Surveys", "compared"]
