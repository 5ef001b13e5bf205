"""The `milepost` command.

Exit status: 0 done, 1 a failure that the message explains, 2 wrong usage, 3 done in part. The entry
point is `main`; each other module has a few commands.
"""
