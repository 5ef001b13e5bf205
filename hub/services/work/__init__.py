"""Work that trackers tell of, one by one: projects, tasks, milestones and what binds them.

Read `intake` first: a pulled page is mapped (`taking`), decided upon (`deciding`) and stored with
its journal row and its cursor in one transaction. `rows` is what the store holds, `ports` what this
asks of it.
"""
