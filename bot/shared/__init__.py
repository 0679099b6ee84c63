"""What the service processes have in common: in process for one, in Redis for several."""
