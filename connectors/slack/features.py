"""Which modules listen to Slack, in the order in which they are asked; the first fit takes it.

Posts of a desk's triage channel are for whoever listens before `requests`, with a matcher; buttons
for whoever listens before `leftovers`.
"""

from connectors.slack import buttons, leftovers, requests
from connectors.slack.app import Feature

FEATURES: tuple[Feature, ...] = (requests, buttons, leftovers)
