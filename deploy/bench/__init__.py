"""The bench: the whole hub beside a bare floor on the same store, in interleaved rounds.

`python -m deploy.bench` runs it. On a busy machine only ratios within one round mean something, so
no number here stands alone. See docs/reference/performance.md.
"""
