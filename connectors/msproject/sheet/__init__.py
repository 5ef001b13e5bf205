"""Plans in a table: Excel workbooks and CSV, as people write them by hand or export them.

`book` and `text` read rows out of a file, `columns` finds the header row, `values` and
`predecessors` read cells, `rows` makes of them what the XML reader makes of elements, and `reading`
hands it out in the same kinds of records. `template` writes an empty workbook with an example.
Values only: no formula, macro or link is ever run or followed.
"""
