"""What Telegram's refusals mean to the desk. Pure."""

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channel import Problem, RetryLater, Undeliverable

# Telegram gives its reasons in words alone.
GONE = (
    *(
        "user is deactivated",
        "chat not found",
        "bot was kicked",
        "not a member of",
        "user not found",
    ),
    *("group chat was deleted", "peer_id_invalid", "have no rights to send", "topic_closed"),
    *("group chat was deactivated", "chat_write_forbidden", "topic_deleted"),
)
TOO_LONG = (
    *("message is too long", "caption is too long", "file is too big"),
    *("entity too large", "(413)"),  # which the library counts among the network's errors
)


class FileTooBig(BadRequest):
    """Larger than Telegram takes; it was not even sent."""

    def __init__(self, size: int) -> None:
        super().__init__(f"file is too big: {size} bytes")


class FileMissing(BadRequest):
    """The desk has its bytes no more."""

    def __init__(self) -> None:
        super().__init__("the file is no longer there")


def outcome(error: TelegramError) -> RetryLater | Undeliverable:
    """What the outbox should do about a message that was not taken."""
    words = str(error)
    if isinstance(error, RetryAfter):
        return RetryLater(words, seconds=seconds_of(error))
    if isinstance(error, Forbidden):
        return Undeliverable(words, Problem.GONE if _says(error, GONE) else Problem.BLOCKED)
    if isinstance(error, BadRequest) and _says(error, GONE):
        return Undeliverable(words, Problem.GONE)
    if isinstance(error, NetworkError) and _says(error, TOO_LONG):
        return Undeliverable(words, Problem.TOO_LONG)
    if isinstance(error, BadRequest):
        return Undeliverable(words, Problem.REFUSED)
    # A wrong token, a server error or a lost network: a person or time will mend it.
    if isinstance(error, (InvalidToken, Conflict, NetworkError, ChatMigrated)):
        return RetryLater(f"{type(error).__name__}: {words}")
    return RetryLater(f"{type(error).__name__}: {words}")


def wait_for(error: TelegramError) -> float | None:
    """How long at the least until the same call may succeed, in seconds; None: it never will."""
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    # The library counts what was wrong with the call among the network's errors.
    is_lost = isinstance(error, NetworkError) and isinstance(outcome(error), RetryLater)
    return 0.0 if is_lost else None


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants us to wait. The public attribute's type depends on the version."""
    return float(error._retry_after.total_seconds())


def cannot_parse(error: BadRequest) -> bool:
    """Whether our HTML was at fault."""
    return "can't parse entities" in str(error).lower()


def cannot_fetch(error: BadRequest) -> bool:
    """Whether the picture's address was at fault."""
    return _says(
        error,
        (
            "failed to get http url",
            "wrong file identifier",
            "wrong type of the web",
            "webpage_",
            "image_process_failed",
            "photo_invalid",
            "wrong remote file",
        ),
    )


def no_such_topic(error: BadRequest) -> bool:
    """Whether the forum's topic is gone."""
    return "message thread not found" in str(error).lower()


def is_no_change(error: BadRequest) -> bool:
    """Whether an edit or an answer to a press only came too late, or changed nothing."""
    return _says(
        error,
        (
            "not modified",
            "query is too old",
            "message to edit not found",
            "can't be edited",
            "query id is invalid",
        ),
    )


def _says(error: TelegramError, reasons: tuple[str, ...]) -> bool:
    words = str(error).lower()
    return any(reason in words for reason in reasons)
