"""What can stand in the feed, by the name that programs ask for. Pure."""

MESSAGE_CREATED = "message.created"
NOTE_CREATED = "note.created"

# The timeline's name of it → the feed's. What is not here is the desk's own bookkeeping.
OF_TIMELINE = {
    "opened": "conversation.opened",
    "hand_off": "conversation.queued",
    "claim": "conversation.claimed",
    "assign": "conversation.assigned",
    "release": "conversation.released",
    "return_to_bot": "conversation.returned_to_bot",
    "leave_queue": "conversation.returned_to_bot",
    "snooze": "conversation.snoozed",
    "wake": "conversation.woken",
    "customer_message": "conversation.woken",  # recorded only where it wakes one
    "close": "conversation.closed",
    "deadline_missed": "conversation.deadline_missed",
    "transcript_sent": "transcript.sent",
    "rated": "survey.answered",
}
KINDS = tuple(sorted({*OF_TIMELINE.values(), MESSAGE_CREATED, NOTE_CREATED}))
# What is told to who names no kind. Notes are between agents: only who names them is told.
UNNAMED = tuple(kind for kind in KINDS if kind != NOTE_CREATED)
