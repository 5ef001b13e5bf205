"""Measuring: numbers of services as kept series, and how the budgets of their objectives stand.

Start at `points` (blocks of points, pure), then `turns` (what to ask for next, pure), `asking` (one
question), `series` (when each is asked); `objectives` (windows, budgets, alerts), `desk` (answers
for people) and `metrics`.
"""
