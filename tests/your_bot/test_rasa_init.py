"""The project that `rasa init` makes, with Rasa's own pipeline: nobody here wrote it."""

import subprocess
from pathlib import Path

import pytest

from tests.dialogue import Dialogue, texts
from tests.processes import ENGINE_PYTHON, QUIET
from tests.your_bot.guests import guest, written_files

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_a_fresh_rasa_project_runs_untouched(tmp_path: Path) -> None:
    project = tmp_path / "moodbot"
    project.mkdir()
    subprocess.run(
        [ENGINE_PYTHON, "-c", _COPY, str(project)], check=True, env=QUIET, capture_output=True
    )
    before = written_files(project)
    with guest(project) as running:
        customer = Dialogue(running.http, language="pl")
        assert texts(customer.say("hi")) == ["Hey! How are you?"]
        cheer, asked = customer.say("I am very sad")["replies"]
        assert cheer["image"]
        assert asked["text"] == "Did that help you?"
        assert texts(customer.say("yes")) == ["Great, carry on!"]
        assert texts(customer.say("are you a bot?")) == ["I am a bot, powered by Rasa."]
    assert written_files(project) == before


# What `rasa init --no-prompt` does, without the training at its end.
_COPY = """
import sys
from rasa.cli.scaffold import create_initial_project
create_initial_project(sys.argv[1])
"""
