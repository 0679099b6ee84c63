"""One folder a channel. A connector knows `bot.channel` and its vendor's SDK, no more."""
