"""Words with `*` for anything, as people write them into conditions."""


def like(word: str | None, pattern: str) -> bool:
    """Tell whether a word is one that a pattern means."""
    if word is None:
        return False
    if "*" not in pattern:
        return word == pattern
    return _pieces(word, pattern.split("*"))


def _pieces(word: str, pieces: list[str]) -> bool:
    """Match piece by piece: no regular expression that a value could make slow."""
    first, *middle, last = pieces
    if not word.startswith(first) or not word.endswith(last):
        return False
    at, end = len(first), len(word) - len(last)
    for piece in middle:
        found = word.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end
