"""From a delivery to alerts, incidents and links, in one transaction.

`intake` takes deliveries and commits them in groups; `group` decides what a group changes (no I/O);
`live` is what it knows of open incidents, and `context` of the catalogue and the plan, both with
the change number that they are true for.
"""
