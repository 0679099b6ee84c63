"""How our encoders run their networks."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

ERRORS_ONLY = 3


def session(model: Path, *, threads: int) -> onnxruntime.InferenceSession:
    """On the processor; `threads` 0 takes all cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    return onnxruntime.InferenceSession(str(model), options)
