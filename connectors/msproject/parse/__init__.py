"""What an MSPDI file says, as records in Microsoft Project's own words. Pure: bytes in, values out.

`filetype` tells what the bytes are, `stream` pulls elements out of them one by one, `words` turns
an element into plain values, and one module per kind adds what only its place in the file tells.
`tally` counts; `reading` puts it all together.

Source: Microsoft, "Project XML Data Interchange Schema Reference" (mspdi_pj12.xsd).
"""
