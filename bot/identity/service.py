"""Who a browser belongs to: an anonymous visitor, or a person whom the host site signed for."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.attachments import repository as attachments
from bot.channel import Proof, Recognised
from bot.clock import now
from bot.conversations.models import Conversation, Customer, new_id
from bot.conversations.service import SYSTEM, Conversations
from bot.conversations.state import Status, Trigger
from bot.db import Database, Transaction
from bot.desk_settings.identity import IdentityKey
from bot.identity import repository
from bot.identity.models import Identity
from bot.identity.proof import Person, check
from bot.intake import repository as intakes

PERSON = "person-"  # before every visitor key that stands for somebody known
# Of two open conversations the one with more people in it goes on.
WORTH = {Status.BOT: 0, Status.QUEUED: 1, Status.SNOOZED: 2, Status.WITH_AGENT: 2}


class Identities:
    """Recognises people, and takes what they wrote before along."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        key_of: Callable[[str], IdentityKey | None],  # by desk
        joined: Callable[[Transaction, Customer, Customer], Awaitable[None]],  # a guest, a person
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._key_of = key_of
        self._joined = joined

    async def recognise(
        self, channel: str, desk: str, visitor: str | None, proof: Proof | None
    ) -> Recognised:
        """Who is here now; raises BadIdentity. `visitor` is whom the browser's token names."""
        if proof is None:
            return await self._still_here(channel, visitor)
        person = check(proof, self._key_of(desk), desk=desk)
        key = visitor_of(desk, person.user_id)
        if visitor in (None, key) and await self._is_known(channel, key, person):
            return Recognised(key, key, person.name)

        async def arrive(tx: Transaction) -> None:
            customer = await self._keep(tx, channel, desk, key, person)
            if visitor is not None and not visitor.startswith(PERSON):
                await self._join(tx, customer, visitor, desk)

        await self._db.attempt(arrive, finds_itself=True)
        return Recognised(key, key, person.name)

    async def _still_here(self, channel: str, visitor: str | None) -> Recognised:
        """A token alone: of a visitor, of a person, or of a visitor who has become a person."""
        if visitor is None:
            return Recognised(None)
        async with self._db.read() as session:
            found = await repository.customer_with_identity(session, channel, visitor)
        customer, identity = found or (None, None)
        if customer is not None and customer.joined_id is not None:
            return Recognised(None)
        if not visitor.startswith(PERSON):
            return Recognised(visitor)
        return Recognised(visitor, visitor, identity.name if identity else None)

    async def _is_known(self, channel: str, key: str, person: Person) -> bool:
        """Whether all of this stands in the database already: most visits write nothing."""
        async with self._db.read() as session:
            found = await repository.customer_with_identity(session, channel, key)
        identity = found[1] if found else None
        return identity is not None and _as_person(identity) == _merged(identity, person)

    async def _keep(
        self, tx: Transaction, channel: str, desk: str, key: str, person: Person
    ) -> Customer:
        """The person as a customer, with what the site signed."""
        customer = await repository.lock_customer(tx.session, channel, key)
        if customer is None:
            customer = Customer(id=new_id(), channel=channel, external_id=key, language="en")
            tx.session.add(customer)
            await tx.session.flush()
        identity = await repository.identity_of(tx.session, customer.id)
        if identity is None:
            identity = Identity(
                customer_id=customer.id, desk=desk, user_id=person.user_id, account={}
            )
            tx.session.add(identity)
        known = _merged(identity, person)
        method = self._key_of(desk)
        identity.name, identity.email = known.name, known.email
        identity.account = dict(known.account or {})
        identity.method, identity.verified_at = method.method if method else "", now()
        customer.name = known.name or customer.name
        customer.email = known.email or customer.email
        return customer

    async def _join(self, tx: Transaction, person: Customer, visitor: str, desk: str) -> None:
        """What an anonymous visitor has said becomes the person's; their token is used up.

        Once: the token of somebody who has been joined already takes nothing to anybody else.
        """
        channel = person.channel
        guest = await repository.lock_customer(tx.session, channel, visitor)
        if guest is None:
            guest = Customer(
                id=new_id(), channel=channel, external_id=visitor, language=person.language
            )
            tx.session.add(guest)
            await tx.session.flush()
        if guest.joined_id is not None:
            return
        guest.joined_id = person.id
        person.phone = person.phone or guest.phone
        person.email = person.email or guest.email
        person.language = guest.language
        before, after = f"{visitor}:{desk}", f"{person.external_id}:{desk}"
        theirs = await repository.lock_thread(tx.session, channel, after)
        coming = await repository.lock_thread(tx.session, channel, before)
        await self._leave_one_open(tx, theirs, coming)
        await tx.session.flush()
        for conversation in coming:
            conversation.thread, conversation.customer_id = after, person.id
            self._conversations.record(tx, conversation, "identified", actor=SYSTEM)
        moved = [conversation.id for conversation in coming]
        await tx.session.flush()
        await repository.rename_messages(
            tx.session, moved, before=visitor, after=person.external_id
        )
        await attachments.hand_over(tx.session, channel, before=before, after=after)
        await intakes.hand_over(tx.session, channel, before=before, after=after)
        await self._joined(tx, guest, person)

    async def _leave_one_open(
        self, tx: Transaction, theirs: Sequence[Conversation], coming: Sequence[Conversation]
    ) -> None:
        """A thread has one open conversation; the one that is nearest to a human goes on."""
        both = [
            conversation
            for conversation in (*theirs, *coming)
            if conversation.status is not Status.CLOSED
        ]
        if len(both) < 2:
            return
        # At the same worth, the one on the screen of whoever has just logged in.
        goes_on = max(both, key=lambda one: (WORTH[one.status], one in coming))
        for other in both:
            if other is not goes_on:
                await self._conversations.move(
                    tx, other, Trigger.CLOSE, actor=SYSTEM, details={"goes_on_in": goes_on.id}
                )


def visitor_of(desk: str, user_id: str) -> str:
    """The visitor key of a person: the same on every device, and no visitor's by chance."""
    digest = hashlib.sha256(f"{desk}\0{user_id}".encode()).hexdigest()
    return f"{PERSON}{digest[:40]}"


def _as_person(identity: Identity) -> Person:
    return Person(identity.user_id, identity.name, identity.email, identity.account)


def _merged(identity: Identity, person: Person) -> Person:
    """What is known now: a site that signs less this time takes nothing back."""
    return replace(
        person,
        name=person.name or identity.name,
        email=person.email or identity.email,
        account=identity.account if person.account is None else person.account,
    )
