"""The sample organisation's content, made up: a plan, services, and a story of alerts.

Nothing here is real: no person, no company, no host. Pure: the plan comes out of `plan` (rows),
`holidays` and `axis` (working time), `network` (dates and slack), `money` (costs), `work` (all of
it put together) and `mspdi` (the file); `catalogue` are the services and `story` is what alerts
tell, and when.
"""
