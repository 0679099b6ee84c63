"""Decides, when the time has come, whether an agent still has to be told; and tells them."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.accounts.presence import Presence
from bot.accounts.secrets import digest
from bot.alerts import repository
from bot.alerts.booking import has_looked
from bot.alerts.browsers import Browsers
from bot.alerts.models import AgentAlert
from bot.alerts.rules import Kind, Way, When, is_quiet, offered
from bot.alerts.words import News, mail_body, push_payload, title
from bot.availability.service import Availability
from bot.clock import now
from bot.conversations.models import Conversation
from bot.conversations.spans import SpanKind
from bot.conversations.state import Status, Trigger
from bot.db import Database
from bot.desks import Desks
from bot.mail.letter import letter
from bot.mail.mailer import Mailer
from bot.mail.postman import NotWanted
from bot.settings import Settings
from bot.smtp_url import parse_sender
from bot.texts import supported
from bot.writing.viewers import SEEN_FOR

# Later than this it is no news any more.
GIVE_UP_AFTER = timedelta(hours=1)
TOPIC_LENGTH = 32  # RFC 8030


class Telling:
    """What a postman sends `AgentAlert`s with."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        *,
        desks: Desks,
        presence: Presence,
        availability: Availability,
        browsers: Browsers,
    ) -> None:
        self._db = db
        self._browsers = browsers
        self._desks = desks
        self._presence = presence
        self._availability = availability
        self._base = settings.base_url()
        place = settings.smtp_place()
        self._mailer = None if place is None else Mailer(place)
        self._sender = None if place is None else parse_sender(settings.smtp_from)

    async def send(self, row: AgentAlert) -> None:
        """Raises NotWanted, MailNotTaken or MailRefused."""
        async with self._db.read() as session:
            agent = await session.get(Agent, row.agent_id)
            conversation = await session.get_one(Conversation, row.conversation_id)
            if agent is None or agent.disabled_at is not None:
                raise NotWanted("no_account")
            await self._check_choice(session, row, agent, conversation)
            news = await self._news(session, row, agent, conversation)
        if row.way == Way.PUSH:
            language = supported(agent.language)
            topic = digest(f"{news.conversation} {news.kind}")[:TOPIC_LENGTH]
            await self._browsers.push(agent.id, push_payload(news, language, now()), topic=topic)
        else:
            await self._mail(row, agent, news)

    async def _mail(self, row: AgentAlert, agent: Agent, news: News) -> None:
        if self._mailer is None or self._sender is None:
            raise NotWanted("no_mail")
        language = supported(agent.language)
        words = mail_body(news, language, now(), name=agent.name, base=self._base)
        # A row is used again, and each time it is another mail.
        mail_id = f"{row.id}.{int(row.created_at.timestamp())}"
        subject = title(news, language)
        await self._mailer.send(
            letter(mail_id, self._sender, to=agent.email, subject=subject, words=words)
        )

    async def _check_choice(
        self, session: AsyncSession, row: AgentAlert, agent: Agent, conversation: Conversation
    ) -> None:
        """Raises NotWanted for what the agent does not want to hear, or not now."""
        choice = await repository.choice_of(session, agent.id, row.way)
        if choice is None or row.kind not in choice.kinds or row.kind not in offered(agent):
            raise NotWanted("not_chosen")
        if conversation.desk not in agent.desks:
            raise NotWanted("not_chosen")
        at = now()
        quiet = is_quiet(
            When(choice.when),
            agent.presence,
            is_here=any(one.id == agent.id for one in await self._presence.here()),
            is_open=self._availability.opens_after(conversation.desk, at) <= at,
        )
        if quiet:
            raise NotWanted("quiet")

    async def _news(
        self, session: AsyncSession, row: AgentAlert, agent: Agent, conversation: Conversation
    ) -> News:
        """What there is to tell; raises NotWanted when it is over, or they have looked."""
        kind = Kind(row.kind)
        desk = self._desks.find(conversation.desk)
        if desk is None:
            raise NotWanted("no_desk")
        since, due, by_name = conversation.queued_at, None, None
        if kind is Kind.MENTION:
            mentions = await repository.unseen_mentions(session, conversation.id, [agent.id])
            since, by_name = None, mentions.get(agent.id)
            if by_name is None:
                raise NotWanted("seen")
        elif kind in (Kind.NEAR, Kind.ESCALATED):
            leads = kind is Kind.ESCALATED
            since, due = None, await repository.next_deadline(session, conversation.id, leads=leads)
            is_theirs = leads or conversation.agent_id in (None, agent.id)
            if due is None or not is_theirs:
                raise NotWanted("over")
            await self._check_open(session, row, conversation)
        else:
            await self._check_waits(session, row, agent, conversation)
        return News(
            kind=kind,
            conversation=conversation.id,
            desk=desk.name[supported(agent.language)],
            topic=await repository.topic_of(session, conversation.id),
            since=conversation.span_since if kind is Kind.ASSIGNED else since,
            due=due,
            by_name=by_name,
            zone=desk.timezone,
        )

    async def _check_open(
        self, session: AsyncSession, row: AgentAlert, conversation: Conversation
    ) -> None:
        """Of a deadline also they hear who read all before, unless they look just now."""
        read = await repository.read_up_to(session, conversation.id, [row.agent_id])
        since = now() - SEEN_FOR
        is_open = await repository.has_open(session, conversation.id, row.agent_id, since=since)
        if is_open or read.get(row.agent_id, 0) > row.seq:
            raise NotWanted("seen")

    async def _check_waits(
        self, session: AsyncSession, row: AgentAlert, agent: Agent, conversation: Conversation
    ) -> None:
        if row.kind == Kind.WAITING:
            is_over = conversation.status is not Status.QUEUED
        else:
            is_theirs = conversation.agent_id == agent.id
            is_over = not is_theirs or conversation.span != SpanKind.HUMAN
        if is_over:
            raise NotWanted("over")
        read = await repository.read_up_to(session, conversation.id, [agent.id])
        if has_looked(row.seq, read.get(agent.id, 0), conversation.last_seq):
            raise NotWanted("seen")
        if row.kind == Kind.ASSIGNED:
            given = await repository.last_given(session, conversation.id)
            if given == Trigger.CLAIM:  # their own act, perhaps in another place than the inbox
                raise NotWanted("seen")
