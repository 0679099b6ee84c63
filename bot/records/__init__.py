"""What agents keep with a conversation and its customer: for agents alone, never for a channel."""
