"""Time-based one-time codes (RFC 6238) and backup codes: how they are made and compared. Pure."""

import secrets
from datetime import datetime
from hmac import compare_digest

import pyotp

ISSUER = "Firstline"
STEP_SECONDS = 30
# A clock may be wrong by one step either way.
DRIFT = (0, -1, 1)
BACKUP_CODES = 10
# Without what looks like something else: i, l, o, 0, 1.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
HALF = 5
FREE_FAILURES = 5
MAX_PAUSE_MINUTES = 60


def new_secret() -> str:
    """160 random bits in base 32, as apps take them."""
    return pyotp.random_base32()


def app_address(secret: str, email: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step whose code this is; None when it is wrong, or not newer than step `after`.

    A code is good once: whoever reads it over a shoulder cannot use it again.
    """
    app, typed = pyotp.TOTP(secret), plain(code)
    present = int(at.timestamp()) // STEP_SECONDS
    for drift in DRIFT:
        step = present + drift
        if compare_digest(app.generate_otp(step).encode(), typed.encode()):
            return step if step > after else None
    return None


def new_backup_codes() -> list[str]:
    """Ten codes of about 49 bits, each good once, such as “k3m9p-xq7rt”."""
    return [f"{_letters()}-{_letters()}" for _ in range(BACKUP_CODES)]


def plain(code: str) -> str:
    """As it was meant, however it was typed."""
    return "".join(sign for sign in code.casefold() if sign.isalnum())


def pause_minutes(failures: int) -> int:
    """How long nothing is accepted after so many wrong codes in a row."""
    if failures < FREE_FAILURES:
        return 0
    return min(1 << min(failures - FREE_FAILURES, 10), MAX_PAUSE_MINUTES)


def _letters() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(HALF))
