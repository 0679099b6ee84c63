"""Of several processes one does it for all: whoever holds the lease."""

import structlog

from bot.channel import Lease

LEASE_SECONDS = 15.0
EXTEND_SECONDS = 4.0
LOOK_AGAIN_SECONDS = 2.0  # whether whoever had it is gone

log = structlog.get_logger()


async def holds(lease: Lease, name: str) -> bool:
    """Whether it is this process, now and until LEASE_SECONDS have passed."""
    try:
        return await lease.hold(name, seconds=LEASE_SECONDS)
    except Exception:
        log.exception("telegram.lease_failed")
        return False
