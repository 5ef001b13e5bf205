"""Plans: bring a file in whole or not at all, and compute what follows from it.

`importing` streams a file into the store, where it shows all at once; `rows` makes rows of mapped
records, `models` makes values of the model of rows; `networks` and `schedules` compute.
"""
