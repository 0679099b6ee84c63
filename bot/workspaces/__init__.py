"""Where the apps of channels were installed."""
