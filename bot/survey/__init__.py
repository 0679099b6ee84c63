"""What customers think of a conversation when it is over: the bot and the people rated apart."""
