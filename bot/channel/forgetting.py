"""A customer's wish to be forgotten: part of the contract with connectors."""

from typing import Protocol


class ForgetDesk(Protocol):
    """What a connector may ask for somebody who leaves."""

    async def forget(self, channel: str, customer: str) -> int:
        """Ends what is open and removes what is known of this customer (docs/forgetting.md).

        How many conversations it concerned; 0 for somebody whom the desk does not know (any more).
        """
