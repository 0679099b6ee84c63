"""One browser's line to the desk, from hello to goodbye."""

import asyncio
import json
import random
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import structlog

from bot.channel import (
    Author,
    AuthorKind,
    FirstlineError,
    Hint,
    InboundMessage,
    Notice,
    OutboundMessage,
    PlaceInQueue,
    Pointer,
    Receipt,
    Subscription,
    ThreadStatus,
    busy,
    desk_topic,
    thread_topic,
)
from connectors.web import frames, parse, survey, waiting
from connectors.web.channel import CHANNEL, WebChannel
from connectors.web.crowd import FULL_RETRY_SECONDS
from connectors.web.line import Disconnected, Line

HELLO_WITHIN_SECONDS = 15
CLOSE_UNSUPPORTED_DATA = 1003
CLOSE_POLICY = 1008
CLOSE_TRY_LATER = 1013
MAX_BROWSER = 300
FETCH_AGAIN_SECONDS = 5.0
EARLIER_AT_ONCE = 50

log = structlog.get_logger()


class WidgetSocket:
    """Reads frames and answers them; pushes what happens in the thread."""

    def __init__(self, channel: WebChannel, line: Line) -> None:
        self._channel = channel
        self._line = line
        self._sending = asyncio.Lock()
        self._language = "en"
        self._desk = ""
        self._page: dict[str, str] = {}
        self._claims: dict[str, str] = {}
        self._visitor = ""
        self._thread = ""
        self._conversation: str | None = None
        self._sent_seq = 0
        self._left: set[str] = set()  # conversations that this socket has been through

    def reached(self) -> tuple[str, str | None, int]:
        """For the lookout: how far its browser is."""
        return self._thread, self._conversation, self._sent_seq

    async def serve(self) -> None:
        """The whole life of the line."""
        with self._channel.crowd.enter() as has_room:
            await (self._stay() if has_room else self._send_away())

    async def _send_away(self) -> None:
        """There are too many already: perhaps another process has room, perhaps later."""
        with suppress(Disconnected):
            await self._refuse(busy(FULL_RETRY_SECONDS), CLOSE_TRY_LATER)

    async def _stay(self) -> None:
        try:
            hello = await self._greet()
            topics = thread_topic(CHANNEL, self._thread), desk_topic(self._desk)
            with (
                self._channel.desk.watch(*topics) as hints,
                self._channel.lookout.over(self, hints),
            ):
                async with self._channel.crowd.greeting:
                    await self._welcome(hello)
                pushing = asyncio.create_task(self._push(hints))
                try:
                    while True:
                        await self._answer(await self._read())
                finally:
                    pushing.cancel()
        except Disconnected:
            return

    async def _read(self) -> str:
        try:
            return await self._line.read()
        except parse.Binary as fault:
            await self._refuse(fault, CLOSE_UNSUPPORTED_DATA)

    async def _greet(self) -> parse.Hello:
        """Waits for hello and checks who it is."""
        try:
            raw = await asyncio.wait_for(self._read(), HELLO_WITHIN_SECONDS)
            frame = parse.parse_frame(raw)
        except TimeoutError:
            await self._refuse(parse.HelloFirst(), CLOSE_POLICY)
        except FirstlineError as fault:
            await self._refuse(fault, CLOSE_POLICY)
        if not isinstance(frame, parse.Hello):
            await self._refuse(parse.HelloFirst(), CLOSE_POLICY)
        self._language = frame.language
        visitor = self._channel.tokens.read(frame.token)
        if visitor is None:
            await self._refuse(parse.BadToken(), CLOSE_POLICY)
        try:
            self._channel.check(frame.desk, self._line.headers)
        except FirstlineError as fault:
            await self._refuse(fault, CLOSE_POLICY)
        self._visitor, self._desk = visitor, frame.desk
        self._page, self._claims = frame.page, frame.claims
        self._thread = f"{visitor}:{frame.desk}"
        return frame

    async def _refuse(self, fault: FirstlineError, close_code: int) -> NoReturn:
        """Says why, closes, and ends the reader."""
        await self._send(frames.error(fault, self._language, None))
        await self._line.close(close_code, fault.code)
        raise Disconnected

    async def _welcome(self, hello: parse.Hello) -> None:
        status = await self._channel.desk.thread_status(CHANNEL, self._thread)
        begin = frames.FROM_THE_START
        if status is not None:
            if hello.conversation not in (None, status.conversation):
                await self._finish_earlier(hello)
            self._conversation = status.conversation
            same = hello.conversation == status.conversation
            self._sent_seq = min(hello.last_seq, status.last_seq) if same else 0
            if hello.conversation is None:
                begin = await self._begin(hello, status)
        await self._send(
            frames.welcome(
                status,
                language=self._language,
                limits=frames.limits(self._channel.text_limit, self._channel.desk.file_limits),
                retry_ms=self._channel.crowd.retry_ms(),
                notice=await self._channel.desk.notice(self._desk),
                begin=begin,
            )
        )
        if status is not None:
            await self._fill_gap()
            await self._offer_survey(status)
            await self._tell_waiting(status)

    async def _begin(self, hello: parse.Hello, status: ThreadStatus) -> frames.Begin:
        """Of a long conversation a page that has nothing yet gets the end; it asks for more."""
        self._sent_seq = max(0, status.last_seq - (hello.tail or status.last_seq))
        earlier = self._sent_seq > 0 or await self._channel.history.has_before(
            CHANNEL, self._thread, status.conversation
        )
        return frames.Begin(self._sent_seq + 1, earlier)

    async def _finish_earlier(self, hello: parse.Hello) -> None:
        """The end of the conversation that the browser was in: it never asks for it later."""
        self._conversation, self._sent_seq = hello.conversation, hello.last_seq
        try:
            await self._fill_gap()
        except FirstlineError:
            log.info("widget.unknown_conversation")  # a claim of the browser's, no more
        if hello.conversation is not None:
            self._left.add(hello.conversation)

    async def _answer(self, raw: str) -> None:
        """One frame; what is wrong with it is said, and the socket goes on."""
        try:
            await self._handle(parse.parse_frame(raw))
        except FirstlineError as fault:
            if fault.code == parse.BadToken.code:  # the visitor has logged in meanwhile
                await self._refuse(fault, CLOSE_POLICY)
            await self._send(frames.error(fault, self._language, parse.frame_id(raw)))
        except Disconnected:
            raise
        except Exception:
            log.exception("widget.frame_failed", conversation=self._conversation)
            unknown = frames.error(FirstlineError(), self._language, parse.frame_id(raw))
            await self._send(unknown)

    async def _handle(self, frame: parse.Frame) -> None:
        desk = self._channel.desk
        match frame:
            case parse.SendText(id=key, text=words, attachments=files):
                inbound = replace(self._inbound(key, words), attachments=files)
                await self._receive(key, desk.receive_customer_message(inbound))
            case parse.Choose(id=key, payload=payload, title=title, seq=seq):
                inbound = self._inbound(key, title, payload=payload, offered_in=seq)
                await self._receive(key, desk.receive_customer_message(inbound))
            case parse.AskHuman(id=key):
                inbound = self._inbound(key, self._channel.human_words[self._language])
                await self._receive(key, desk.ask_for_human(inbound))
            case parse.BackToBot(id=key):
                inbound = self._inbound(key, self._channel.bot_words[self._language])
                await self._receive(key, self._channel.waiting.back_to_bot(inbound))
            case parse.Leave(id=key) as said:
                inbound = self._inbound(key, said.text or said.contact)
                door = self._channel.waiting.leave_message(inbound, waiting.left(said))
                await self._receive(key, door)
            case parse.Correct() as said:
                await self._correct(said)
            case parse.Typing(on=on):
                await desk.customer_types(CHANNEL, self._thread, on=on)
            case parse.Seen(seq=seq):
                if self._conversation is not None:
                    await desk.customer_saw(CHANNEL, self._thread, self._conversation, seq)
            case parse.Fetch(after=after, conversation=named):
                await self._send_history(after, named)
            case parse.Earlier(conversation=there, before=before):
                page = await self._channel.history.before(
                    CHANNEL, self._thread, there, before, limit=EARLIER_AT_ONCE
                )
                await self._send(frames.earlier(frame, page))
            case parse.Language(language=language):
                self._language = language
                await desk.choose_language(CHANNEL, self._thread, language)
                await self._tell_again()
            case parse.Rate() as said:
                await self._take_rating(said)
            case parse.End(conversation=over):
                await desk.end_conversation(CHANNEL, self._thread, over)
                await self._catch_up()
            case parse.Where(page=page):
                self._page = page
            case parse.Ping():
                await self._send(frames.pong(retry_ms=self._channel.crowd.retry_ms()))
            case parse.Hello():
                raise parse.BadFrame(detail="“hello” is only the first frame")

    async def _receive(self, key: str, door: Coroutine[None, None, Receipt]) -> None:
        """Lets a message in unless it comes too fast, and acknowledges what is committed."""
        try:
            await self._take_one()
            await self._channel.form.require(CHANNEL, self._thread, self._desk)
        except FirstlineError:
            door.close()
            raise
        receipt = await door
        if receipt.duplicate:
            # It may have come in long ago, in a conversation that is over.
            await self._catch_up()
        else:
            await self._enter(receipt.conversation)
        await self._send(frames.ack(key, receipt))

    async def _take_one(self) -> None:
        wait = await self._channel.limit.take(self._visitor)
        if wait:
            raise parse.RateLimited(retry_after=round(wait, 2))

    def _inbound(
        self, key: str, words: str, *, payload: str | None = None, offered_in: int | None = None
    ) -> InboundMessage:
        browser = self._line.headers.get("user-agent", "")[:MAX_BROWSER]
        context = {**self._page, **self._claims}
        return InboundMessage(
            channel=CHANNEL,
            thread=self._thread,
            customer=self._visitor,
            desk=self._desk,
            external_id=frames.external_id(self._visitor, key),
            language=self._language,
            text=words,
            payload=payload,
            offered_in=offered_in,
            context={**context, "browser": browser} if browser else context,
        )

    async def _send_history(self, after: int, named: str | None) -> None:
        wanted = named or self._conversation
        if wanted is None:
            await self._send(frames.history(None, [], 0))
            return
        found = await self._channel.desk.messages_after(CHANNEL, self._thread, wanted, after)
        last = found[-1].seq if found else after
        await self._send(frames.history(wanted, found, last))

    async def _enter(self, conversation: str) -> None:
        """Tells the browser when a new conversation began: sequence numbers restart.

        Nothing follows in the one before, so its end goes out now or never.
        """
        if conversation == self._conversation or conversation in self._left:
            return
        await self._fill_gap()
        if conversation == self._conversation:
            return  # a hint was faster
        if self._conversation is not None:
            self._left.add(self._conversation)
        self._conversation, self._sent_seq = conversation, 0
        await self._send(frames.conversation(conversation))

    async def _push(self, hints: Subscription) -> None:
        """Passes on what happens in the thread, without gaps: a hint is only a hint."""
        async for hint in hints:
            try:
                await self._pass_on(hint)
                if hints.lagging:
                    hints.lagging = False
                    await self._catch_up()
            except Disconnected:
                return
            except Exception:
                log.exception("widget.push_failed", conversation=self._conversation)
                # No other hint may come for long, and what this one named is not passed on yet.
                await asyncio.sleep(FETCH_AGAIN_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311
                hints.miss()

    async def _pass_on(self, hint: Hint) -> None:
        match hint.data:
            case OutboundMessage(conversation=there) if there in self._left:
                pass  # late: it was sent when the next conversation began
            case OutboundMessage() as item:
                await self._enter(item.conversation)
                if item.seq == self._sent_seq + 1:
                    await self._send_message(item)
                elif item.seq > self._sent_seq:
                    await self._fill_gap()
            case Pointer(conversation=there, seq=seq) if hint.kind == "read":
                if there == self._conversation:
                    await self._send(frames.read(there, seq))
            case Pointer(conversation=there, seq=seq) if (
                hint.kind == "message" and there == self._conversation
            ):
                if seq > self._sent_seq:
                    await self._fill_gap()
            case Pointer():
                # From another process, and perhaps late: the thread itself says where it stands.
                await self._catch_up()
            case ThreadStatus() as state if state.conversation not in self._left:
                await self._enter(state.conversation)
                await self._send(frames.status(state))
                await self._offer_survey(state)
                await self._tell_waiting(state)
            case Notice() as notice:
                await self._send(frames.availability(notice))
            case PlaceInQueue(conversation=there) as found if there == self._conversation:
                await self._send(waiting.place_in_queue(found))
            case (Author() as author, bool(on)) if author.kind is not AuthorKind.CUSTOMER:
                await self._send(frames.typing(author, on=on))

    async def _catch_up(self) -> None:
        if (status := await self._channel.desk.thread_status(CHANNEL, self._thread)) is not None:
            await self._enter(status.conversation)
            await self._send(frames.status(status))
            await self._fill_gap()
            await self._offer_survey(status)
            await self._tell_waiting(status)

    async def _tell_waiting(self, status: ThreadStatus, *, answers: str | None = None) -> None:
        place, desk = (CHANNEL, self._thread, self._language), self._channel.waiting
        for frame in await waiting.told(desk, place, status, answers=answers):
            await self._send(frame)

    async def _correct(self, said: parse.Correct) -> None:
        await self._take_one()
        await self._channel.waiting.correct(CHANNEL, self._thread, said.name, said.value)
        await self._tell_again(answers=said.id)

    async def _tell_again(self, *, answers: str | None = None) -> None:
        if (status := await self._channel.desk.thread_status(CHANNEL, self._thread)) is not None:
            await self._tell_waiting(status, answers=answers)

    async def _offer_survey(self, status: ThreadStatus) -> None:
        """After the closing: whom the customer may rate, or that there is nothing to rate."""
        if status.status == survey.WHEN:
            offer = self._channel.survey.offer(CHANNEL, self._thread, status.conversation)
            await self._send(survey.offer(await offer))

    async def _take_rating(self, said: parse.Rate) -> None:
        await self._take_one()
        receipt = await self._channel.survey.rate(CHANNEL, self._thread, survey.rating(said))
        await self._send(survey.rated(said.id, receipt))

    async def _fill_gap(self) -> None:
        if self._conversation is None:
            return
        where = CHANNEL, self._thread, self._conversation
        for item in await self._channel.desk.messages_after(*where, self._sent_seq):
            if item.seq == self._sent_seq + 1:
                await self._send_message(item)

    async def _send_message(self, item: OutboundMessage) -> None:
        self._sent_seq = item.seq
        await self._send(frames.message(item))

    async def _send(self, frame: frames.Frame) -> None:
        async with self._sending:
            await self._line.send(json.dumps(frame, ensure_ascii=False))
