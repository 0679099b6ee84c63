"""The live topics that a connector may watch."""


def thread_topic(channel: str, thread: str) -> str:
    """The live topic of a thread: its new messages, status changes and typing."""
    return f"thread:{channel}:{thread}"


def desk_topic(desk: str) -> str:
    """The live topic of a desk: how it can be reached. It stays within a process."""
    return f"desk:{desk}"
