"""What Slack answers when it does not do what we ask, and what that means for a message. Pure."""

from bot.channel import Problem, RetryLater, Undeliverable


class SlackFault(Exception):
    """A call of the Web API failed."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: {reason}")
        self.method = method


class Limited(SlackFault):
    """Too fast; `seconds` as Slack said."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(method, f"too fast, wait {seconds:g} s")
        self.seconds = seconds


class Unreachable(SlackFault):
    """No answer, or one that is none; whether it was done is not known."""


class Refused(SlackFault):
    """Slack says no; `code` is its word for why."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(method, code)
        self.code = code


class NotInstalled(SlackFault):
    """The app is not installed in this workspace, or not any more."""


# It may go better another time.
PASSING = frozenset(
    {
        *("internal_error", "fatal_error", "service_unavailable", "request_timeout"),
        *("ratelimited", "rate_limited", "team_added_to_org", "org_level_email_domain"),
        *("temporarily_unavailable", "failed_to_send_blocks", "accesslimited"),
    }
)
SIGNED_OUT = frozenset(
    {
        *("token_revoked", "token_expired", "invalid_auth", "not_authed", "account_inactive"),
        *("app_uninstalled", "missing_scope", "not_allowed_token_type", "no_permission"),
        *("org_login_required", "ekm_access_denied", "two_factor_setup_required"),
    }
)
LEFT_OUT = frozenset(
    {
        *("not_in_channel", "restricted_action", "restricted_action_read_only_channel"),
        *("restricted_action_thread_only_channel", "restricted_action_thread_locked"),
        *("restricted_action_non_threadable_channel", "access_denied", "no_external_invite"),
    }
)
GONE = frozenset(
    {
        *("channel_not_found", "is_archived", "thread_not_found", "message_not_found"),
        *("user_not_found", "user_disabled", "users_not_found", "user_not_visible"),
        *("invalid_thread_ts", "cannot_reply_to_message", "channel_is_archived"),
    }
)
BLOCKED = frozenset({"cannot_dm_bot", "messages_tab_disabled", "user_blocked_app"})
TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "too_many_attachments"})


def of_delivery(fault: SlackFault) -> RetryLater | Undeliverable:
    """What the outbox is told of it."""
    if isinstance(fault, Limited):
        return RetryLater(str(fault), seconds=fault.seconds)
    if isinstance(fault, NotInstalled):
        return Undeliverable(str(fault), Problem.SIGNED_OUT)
    if not isinstance(fault, Refused) or fault.code in PASSING:
        return RetryLater(str(fault))
    return Undeliverable(str(fault), problem_of(fault.code))


def problem_of(code: str) -> Problem:
    """Which kind of never Slack's word means."""
    for codes, problem in (
        (SIGNED_OUT, Problem.SIGNED_OUT),
        (LEFT_OUT, Problem.LEFT_OUT),
        (GONE, Problem.GONE),
        (BLOCKED, Problem.BLOCKED),
        (TOO_LONG, Problem.TOO_LONG),
    ):
        if code in codes:
            return problem
    return Problem.REFUSED
