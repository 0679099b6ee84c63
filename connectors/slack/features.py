"""Which modules listen to Slack, in the order in which they are asked; the first fit takes it.

Posts of a desk's triage channel are for whoever listens before `requests`, with a matcher; buttons
for whoever listens before `leftovers`.
"""

from connectors.slack import buttons, leftovers, lifecycle, requests, watch
from connectors.slack.after import digest, rating
from connectors.slack.app import Feature
from connectors.slack.asking import feature as asking
from connectors.slack.asking import redraws
from connectors.slack.connector import Work
from connectors.slack.triage import feature as triage
from connectors.slack.triage import presence

FEATURES: tuple[Feature, ...] = (
    triage,
    requests,
    asking,
    rating,
    buttons,
    lifecycle,
    leftovers,
)
# What goes on by itself, in every process.
WORKS: tuple[Work, ...] = (triage.work, presence.work, digest.work, redraws.work, watch.work)
