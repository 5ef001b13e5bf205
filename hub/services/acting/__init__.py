"""Writing back to tools: a wish becomes an operation in the outbox, and that is carried out once.

Start at `words` (what can be written, who owns which field), then `loops` (pure: is this wish new,
the same again, or a loop), `desk` (people's wishes), `sender` (the way to the tool). ADR 0017 says
which layer stands where.
"""
