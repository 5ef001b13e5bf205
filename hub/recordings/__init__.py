"""Recordings: what a tool answered, without what is one's own, played again as that tool.

Start at `recording`: what is kept of an exchange. `redacting` takes out words, `vocabulary` says
which stay, `replaying` answers on loopback.
"""

from hub.recordings.recording import Recording, recorded
from hub.recordings.replaying import Replay
from hub.recordings.vocabulary import vocabulary

__all__ = ["Recording", "Replay", "recorded", "vocabulary"]
