"""The sample organisation in a folder of its own, with a live alert feed.

What it consists of is in `hub.app.sample`, since an installed hub can load it too. Start reading
at `organisation` (what the folder holds), then `sender` (the alerts), then `demo` (what `make demo`
runs).
"""
