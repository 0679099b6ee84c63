"""A sample IT service management system: tickets, accounts, access and hardware, in memory."""
