"""A stranger's folder: what keeps it from running, and what is written for it elsewhere."""

from pathlib import Path

import pytest
import yaml

from bot.launcher import LauncherError
from bot.launcher.bots import Bot, open_bot
from bot.launcher.plan import Plan
from bot.launcher.processes import Child, Processes
from bot.launcher.startup import FirstAgent, welcome
from bot.launcher.training import ENGINE_PYTHON, Training
from bot.settings import Settings

CONFIG = "recipe: default.v1\nlanguage: en\nassistant_id: x\npipeline: []\npolicies: []\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path / "my bot"
    (project / "data").mkdir(parents=True)
    (project / "config.yml").write_text(CONFIG)
    (project / "domain.yml").write_text('version: "3.1"\nintents: [greet]\n')
    return project


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    return Settings(bot_dir=folder, data_dir=tmp_path / "var", human_intents="nurse, help_me")


def opened(settings: Settings) -> Bot:
    bot = open_bot(settings, root=settings.data_dir.parent)
    assert bot is not None
    return bot


def problem(settings: Settings) -> str:
    with pytest.raises(LauncherError) as caught:
        opened(settings).require_complete()
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_complete_project_has_no_problems(settings: Settings) -> None:
    assert list(opened(settings).problems()) == []


def test_no_folder(settings: Settings, tmp_path: Path) -> None:
    missing = settings.model_copy(update={"bot_dir": tmp_path / "nowhere"})
    assert "nowhere is no folder" in problem(missing)


@pytest.mark.parametrize("missing", ["config.yml", "domain.yml"])
def test_a_missing_file_is_named(settings: Settings, folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    assert f"has no {missing}" in problem(settings)


def test_missing_data(settings: Settings, folder: Path) -> None:
    (folder / "data").rmdir()
    assert "no folder `data`" in problem(settings)


@pytest.mark.parametrize("file", ["config.yml", "domain.yml", "endpoints.yml"])
def test_broken_yaml_is_named_with_its_line(settings: Settings, folder: Path, file: str) -> None:
    (folder / file).write_text("a: 1\nb: [1, 2\nc: 3\n")
    assert f"{folder / file}, line 3 is no valid YAML" in problem(settings)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        ("forms:\n  - a_form\n", "`forms` is a list"),
        ("slots:\n  email:\n    type: unfeaturized\n", "the slot `email` has no mappings"),
    ],
)
def test_rasa_2_is_told_to_migrate(settings: Settings, folder: Path, domain: str, why: str) -> None:
    (folder / "domain.yml").write_text(domain)
    said = problem(settings)
    assert why in said
    assert "rasa data migrate" in said


def test_a_module_that_would_hide_ours(settings: Settings, folder: Path) -> None:
    (folder / "engine.py").write_text("")
    assert "hides Firstline's own package" in problem(settings)


def test_its_endpoints_keep_what_matters(settings: Settings, folder: Path) -> None:
    theirs = {
        "action_endpoint": {"url": "http://localhost:5055/webhook", "token": "${SECRET}"},
        "nlg": {"url": "http://words.example"},
        "tracker_store": {"type": "SQL"},
        "event_broker": {"type": "pika"},
    }
    (folder / "endpoints.yml").write_text(yaml.safe_dump(theirs))
    bot = opened(settings)
    bot.prepare(settings, root=Path.cwd())
    ours = yaml.safe_load(bot.endpoints.read_text())
    assert ours == {
        "tracker_store": {"type": "engine.turn_store.TurnStore"},
        "nlg": theirs["nlg"],
        "action_endpoint": theirs["action_endpoint"],
    }
    (folder / "actions.py").write_text("")
    bot.prepare(settings, root=Path.cwd())
    action = yaml.safe_load(bot.endpoints.read_text())["action_endpoint"]
    assert action == {"url": settings.actions_url, "token": "${SECRET}"}


def test_its_credentials_are_our_channel_alone(settings: Settings, folder: Path) -> None:
    (folder / "credentials.yml").write_text("rest:\n")
    bot = opened(settings)
    bot.prepare(settings, root=Path.cwd())
    ((channel, options),) = yaml.safe_load(bot.credentials.read_text()).items()
    assert channel == "engine.turn_channel.TurnChannel"
    assert options == {"timeout": 8.0, "guest": True, "human_intents": ["nurse", "help_me"]}


def test_a_config_that_rasa_would_write_into_is_copied(settings: Settings, folder: Path) -> None:
    bot = opened(settings)
    bot.prepare(settings, root=Path.cwd())
    assert bot.config() == folder / "config.yml"
    incomplete = "# mine\nassistant_id: placeholder_default\nlanguage: en\npipeline:\n# none\n"
    (folder / "config.yml").write_text(incomplete)
    bot.prepare(settings, root=Path.cwd())
    assert bot.config() == bot.place / "config.yml"
    assert (folder / "config.yml").read_text() == incomplete
    assert yaml.safe_load(bot.config().read_text())["assistant_id"] == "my-bot"


def test_imported_projects_are_found_from_the_copy(settings: Settings, folder: Path) -> None:
    (folder / "config.yml").write_text("imports: [skills/pay]\n")
    bot = opened(settings)
    bot.prepare(settings, root=Path.cwd())
    assert yaml.safe_load(bot.config().read_text())["imports"] == [str(folder / "skills/pay")]


def test_what_starts_for_it(settings: Settings, folder: Path) -> None:
    def names() -> list[str]:
        return [child.name for child in Plan(settings, Path.cwd()).children()]

    assert names() == ["engine", "desk"]
    (folder / "actions").mkdir()
    (folder / "actions/visit.py").write_text("")
    assert names() == ["action server", "engine", "desk"]


def test_the_welcome_names_it(settings: Settings, folder: Path) -> None:
    shown = str(welcome(settings, FirstAgent("a@b.c", None), bot=opened(settings)).renderable)
    assert f"my bot ({folder})" in shown


def test_a_failed_training_is_one_sentence_and_code_2(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    python = tmp_path / ENGINE_PYTHON
    python.parent.mkdir(parents=True)
    said = "Traceback (most recent call last):\\nYamlSyntaxException: Failed to read nlu.yml"
    python.write_text(f"#!/bin/sh\nprintf '{said}\\n'; exit 1\n")
    python.chmod(0o755)
    bot = opened(settings)
    bot.prepare(settings, root=tmp_path)
    training = Training(tmp_path, models=bot.place, logs=tmp_path / "logs", bot=bot)
    with Processes(cwd=tmp_path) as processes, pytest.raises(LauncherError) as caught:
        training.run(processes)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith("my bot cannot be trained: Failed to read nlu.yml. ")


def test_its_files_are_what_it_is_trained_from(settings: Settings, folder: Path) -> None:
    bot = opened(settings)
    training = Training(Path.cwd(), models=bot.place, logs=Path("logs"), bot=bot)
    before = training.fingerprint()
    (folder / "actions.db").write_text("not training data")
    assert training.fingerprint() == before
    (folder / "data/nlu.yml").write_text("nlu: []")
    assert training.fingerprint() != before


def test_a_missing_package_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "actions.log"
    log.write_text("ModuleNotFoundError: No module named 'jira'\n")
    with pytest.raises(LauncherError, match="needs the Python module jira") as caught:
        opened(settings).explain([Child("action server", [], log)])
    assert caught.value.exit_code == 2
