"""Keeps secrets that must be read again: encrypted with a key that is not in the database."""

import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

HEADER = {"alg": "dir", "enc": "A256GCM"}


class Unreadable(Exception):
    """It was sealed with another key, or it is not what was sealed."""


class Seal:
    """AES-256-GCM in the shape of a JWE; the key comes from the installation's secret."""

    def __init__(self, installation_secret: str, *, purpose: str) -> None:
        # Another purpose has another key, so that nothing sealed for one opens as the other.
        said = f"Firstline: {purpose}".encode()
        self._key = OctKey.import_key(hmac.digest(installation_secret.encode(), said, "sha256"))

    def close(self, words: str) -> str:
        """The sealed words, as plain letters."""
        return jwe.encrypt_compact(HEADER, words.encode(), self._key)

    def open(self, sealed: str) -> str:
        """What was sealed; raises Unreadable."""
        try:
            plaintext = jwe.decrypt_compact(sealed, self._key).plaintext
        except (JoseError, ValueError) as error:
            raise Unreadable from error
        if plaintext is None:
            raise Unreadable
        return plaintext.decode()
