"""One value does not fit; what is known of it where that is noticed, before the field is known."""


class Refused(ValueError):
    """A path, converter or table cannot make something of a value.

    Shape: `where` is the rest of the path inside the value (`.pod`, `[3]`) when only a part of it
           is at fault; `part` is that part.
    """

    def __init__(self, what: str, remedy: str, *, where: str = "", part: object = None) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.where = where
        self.part = part
