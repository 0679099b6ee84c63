"""Tells whoever started a long piece of work how far it is, by marked lines of its output.

`python -m engine.progress train …` is `rasa train …` that tells which component is being trained.
"""

from __future__ import annotations

import json
import sys
from typing import Any

PROGRESS = "@progress "
PROBLEM = "@problem "


def say(what: str, done: int | None = None, of: int | None = None) -> None:
    """What is being done now; `done` of `of` steps are behind us, when that is known."""
    _write(PROGRESS, {"what": what, "done": done, "of": of})


def refuse(sentence: str) -> int:
    """Says why the work cannot be done; returns the exit code for a wrong input."""
    _write(PROBLEM, {"message": sentence})
    return 2


def _write(mark: str, content: dict[str, Any]) -> None:
    # A line of its own, also when a progress bar of a library is in the middle of one.
    sys.stdout.write(f"\n{mark}{json.dumps(content, ensure_ascii=False)}\n")
    sys.stdout.flush()


def tell_of_training() -> None:
    """Trainings that begin from now on tell each component, cached ones too."""
    import rasa.engine.training.graph_trainer as trainer
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.training.hooks import LoggingHook

    class TellingHook(LoggingHook):
        """Counts the nodes of the training graph; Rasa's own lines stay in the log."""

        def __init__(self, pruned_schema: GraphSchema) -> None:
            super().__init__(pruned_schema=pruned_schema)
            self._done = 0

        def on_before_node(
            self,
            node_name: str,
            execution_context: ExecutionContext,
            config: dict[str, Any],
            received_inputs: dict[str, Any],
        ) -> dict[str, Any]:
            component = execution_context.graph_schema.nodes[node_name].uses.__name__
            say(component, self._done, len(self._pruned_schema.nodes))
            self._done += 1
            found: dict[str, Any] = super().on_before_node(
                node_name, execution_context, config, received_inputs
            )
            return found

    trainer.LoggingHook = TellingHook


def set_up_rasa() -> None:
    """What Rasa's command line does first: without it, debug lines quote every message."""
    import rasa.utils.tensorflow.environment as tf_env
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings()
    tf_env.setup_tf_environment()
    configure_structlog()


def main() -> None:
    """Rasa's command line, with the hook in place."""
    from rasa.__main__ import main as rasa

    tell_of_training()
    rasa()


if __name__ == "__main__":
    main()
