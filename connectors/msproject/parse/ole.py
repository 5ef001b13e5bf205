"""The list of names inside an OLE file, wherever in the file it stands.

Source: Microsoft, [MS-CFB] Compound File Binary File Format, 2.2 header, 2.6 directory.
"""

import io
import struct
from typing import BinaryIO, Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTORS: Final = 4
"""Of the directory; sixteen names or more, and the ones that tell the type come early."""


def directory(head: bytes, file: BinaryIO) -> bytes:
    """Return the first piece of an OLE file's directory; nothing for any other file.

    Shape: names are UTF-16. The file is left where it was.
    """
    if not head.startswith(MAGIC) or len(head) < 76 or not file.seekable():  # noqa: PLR2004
        return b""
    (shift,), (first,) = struct.unpack_from("<H", head, 30), struct.unpack_from("<I", head, 48)
    before = file.tell()
    try:
        file.seek((first + 1) << min(shift, 16))
        return file.read(_SECTORS << min(shift, 12))
    except (OSError, OverflowError, io.UnsupportedOperation):
        return b""
    finally:
        file.seek(before)
