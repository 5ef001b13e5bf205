"""Polling: what a source has to say is brought in, and what ended unseen is found out.

Start at `round` (one look at one tool), then `syncing` (when the next one is, and what a failure
means), `health` (how each connector is doing), `desk` (what an admin may ask for).
"""
