"""Why a conversation comes to a human; an action's own reasons are kept in the details."""

# The customer has left a contact and does not wait.
LEFT_MESSAGE = "left_message"
PROMISED = "promised"

REASONS = (
    "asked_for_human",
    "two_misses",
    "frustrated",
    "action",
    "engine_down",
    "engine_timeout",
    "engine_failed",
    LEFT_MESSAGE,
    PROMISED,
)
