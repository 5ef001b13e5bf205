"""Who may deliver, where a tool signs nothing: whoever shows the connector's secret."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from pydantic import SecretStr


class Bearer:
    """Knows the secret of one connector; without one, nobody shows it."""

    def __init__(self, secret: SecretStr | None) -> None:
        self._expected = None if secret is None else _digest(secret.get_secret_value())

    def shown(self, headers: Mapping[str, str]) -> bool:
        """Tell whether `Authorization: Bearer <secret>` is there.

        Shape: header names are lower-case.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self._expected is None or scheme.lower() != "bearer":
            return False
        # Digests are of one length, so the time tells nothing about the secret's.
        return hmac.compare_digest(_digest(token), self._expected)


def _digest(secret: str) -> bytes:
    """Digest a secret without the blanks around it, which do not survive in a header."""
    return sha256(secret.strip().encode(errors="surrogateescape")).digest()
