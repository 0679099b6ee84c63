"""Which conversations wait for a time, and the timer of each. Pure.

A conversation in a queue waits for a human until its desk's deadline; a snoozed one sleeps until
it wakes. `Conversation.due_at` says until when, and a timer row does what happens then.
"""

from bot.conversations.state import Status

QUEUE_DEADLINE = "queue_deadline"
WAKE = "wake"
# Who left a contact and talks to the bot again comes back into the queue.
PROMISE = "promise"

TIMER_OF_STATUS = {Status.QUEUED: QUEUE_DEADLINE, Status.SNOOZED: WAKE}
