"""Who a browser is: a visitor id that only the server can sign."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from itsdangerous import BadSignature, TimestampSigner

SALT = "firstline.visitor"


class VisitorTokens:
    """Issues and reads visitor tokens: `<visitor>.<issued at>.<signature>`."""

    def __init__(self, key: str, *, days: int) -> None:
        self._signer = TimestampSigner(key, salt=SALT)
        self._life = timedelta(days=days)

    def issue(self, visitor: str | None = None) -> tuple[str, datetime]:
        """A token for this visitor (a new one by default), and when it expires (UTC)."""
        token = self._signer.sign(visitor or uuid4().hex).decode()
        return token, datetime.now(UTC) + self._life

    def read(self, token: str) -> str | None:
        """The visitor whom we signed; None for a forged or expired token."""
        try:
            signed = self._signer.unsign(token, max_age=int(self._life.total_seconds()))
        except BadSignature:  # its child SignatureExpired too
            return None
        return signed.decode()
