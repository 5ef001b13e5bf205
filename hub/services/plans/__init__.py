"""Plans: bring a file in whole or not at all, and know what changed.

`importing` streams a file into staging and merges it in one transaction; `rows` makes rows of
mapped records; `milestones` says how each milestone stands.
"""
