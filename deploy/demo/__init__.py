"""The sample organisation, made up for the demo: a plan, services, and a live alert feed.

Nothing here is real: no person, no company, no host. Start reading at `organisation` (what the
folder holds), then `sender` (the alerts), then `demo` (what `make demo` runs). The plan comes out
of `plan` (rows), `holidays` and `axis` (working time), `network` (dates and slack), `money`
(costs) and `mspdi` (the file).
"""
