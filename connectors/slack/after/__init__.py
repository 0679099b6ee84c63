"""After a request: what its customer thinks of it, and the desk's week."""
