"""What a client is willing to read."""

from aiohttp import hdrs, web


def accepts(request: web.Request, kind: str) -> bool:
    """Tell whether the client takes this media type; saying nothing takes all."""
    header = request.headers.get(hdrs.ACCEPT)
    if not header or header == "*/*":
        return True
    family = kind.partition("/")[0]
    best = {_range(part)[0]: _range(part)[1] for part in header.split(",")}
    for wanted in (kind, f"{family}/*", "*/*"):
        if wanted in best:
            return best[wanted] > 0
    return False


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            return kind, _quality(value)
    return kind, 1.0


def _quality(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 1.0
