"""Proof that nothing is lost and nothing comes twice, whatever dies: see docs/faults.md."""
