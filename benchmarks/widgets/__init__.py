"""Our chat widget beside published ones, each in the same browser on the same empty page."""
