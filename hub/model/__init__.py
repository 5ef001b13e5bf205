"""The unified model: pure values, no I/O. None means unknown, and unknown is not false and not 0.

`plan` (what project managers keep), `ops` (what engineers see), `links` (what joins them),
`words` (the closed vocabularies), `targets` (what a mapping document may fill).
"""
