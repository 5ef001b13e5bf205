"""From a delivery to alerts, incidents and links, in one transaction.

`intake` takes deliveries and commits them in groups; `group` is what is on its way. `deciding` says
what a group changes (no I/O), with `ledger` for numbers, journal and quarantine, `words` between
an alert and its row, and `membership` for its incidents, which `incidents` weighs. `live` is what
is known of open incidents, and `context` of the catalogue and the plan, both with the change number
that they are true for.
"""
