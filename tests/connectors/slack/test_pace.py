"""A channel that Slack has slowed down: whatever waits for it comes through, after few tries."""

import heapq

from bot.outbox.worker import MAX_ATTEMPTS
from connectors.slack.calls import WAIT_SECONDS
from connectors.slack.pace import APART_SECONDS, PACED_SECONDS, Pace

SLOT = ("T0FIRST", "chat.postMessage", "C0ITHELP")


class Clock:
    """Time as the test tells it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_paced_before_slack_complains_and_some_time_after() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert [pace.take(*SLOT, most=WAIT_SECONDS) for _ in range(3)] == [0.0] * 3
    pace.slow_down(*SLOT, seconds=2.0)
    assert pace.take(*SLOT, most=WAIT_SECONDS) == 2.0
    assert pace.take(*SLOT, most=WAIT_SECONDS) == 3.0
    assert pace.take("T0FIRST", "chat.postMessage", "C0OTHER", most=WAIT_SECONDS) == 0.0
    clock.now += 3 + PACED_SECONDS
    assert [pace.take(*SLOT, most=WAIT_SECONDS) for _ in range(3)] == [0.0] * 3


def test_five_hundred_posts_at_five_a_second_come_through_one_a_second_in_few_tries() -> None:
    clock, posts = Clock(), 500
    pace = Pace(clock)
    pace.slow_down(*SLOT, seconds=1.0)
    coming = [(clock.now + number * 0.2, number) for number in range(posts)]
    tries = [0] * posts
    out: list[float] = []
    while coming:
        clock.now, number = heapq.heappop(coming)
        tries[number] += 1
        wait = pace.take(*SLOT, most=WAIT_SECONDS)
        if wait > WAIT_SECONDS:
            heapq.heappush(coming, (clock.now + wait, number))
            continue
        out.append(clock.now + wait)
        pace.slow_down(*SLOT, seconds=0.0)  # Slack complains for as long as there is so much
    assert len(out) == posts
    assert max(tries) < MAX_ATTEMPTS, "none is given up"
    assert sum(tries) < 3 * posts
    assert max(out) - 1000.0 < 2 * posts * APART_SECONDS
    apart = [later - earlier for earlier, later in zip(sorted(out), sorted(out)[1:], strict=False)]
    assert min(apart) > 0.99 * APART_SECONDS
