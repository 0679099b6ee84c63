"""Numbers that outlive the process."""
