"""The `firstline` command. Every failure is one clear sentence; code 2: used or set up wrongly."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.db import Database
from bot.desks import BadDesksFile, Desks
from bot.errors import BadSetting, FirstlineError
from bot.launcher import ROOT, LauncherError, Stopped, api_command
from bot.launcher.agent_commands import agents
from bot.launcher.checks import examine, report
from bot.launcher.console import console, errors
from bot.launcher.data_checks import check_all
from bot.launcher.model_command import go_back, show_models, use_model
from bot.launcher.nlu import Benchmark, make_report, measure
from bot.launcher.plan import Plan
from bot.launcher.processes import Processes
from bot.launcher.single import become_action_server, become_engine, run_service
from bot.launcher.startup import (
    bot_alone,
    start_everything,
    train_if_needed,
    train_now,
)
from bot.launcher.talk import Talk, hold
from bot.launcher.telegram_command import telegram
from bot.messengers.slack_commands import slack
from bot.migrations.problems import UnusableDatabase, unusable
from bot.settings import Settings, get_settings
from bot.start import forget, prepare

BotOption = Annotated[
    Path | None,
    typer.Option("--bot", help="The folder of another Rasa 3 project (or FIRSTLINE_BOT_DIR)."),
]
CALLED_FROM = Path.cwd()

app = typer.Typer(
    help="Firstline: a bot answers, a human takes over with full context.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
database = typer.Typer(help="The database.", no_args_is_help=True)
nlu = typer.Typer(help="How well the bot understands, and what it is taught.", no_args_is_help=True)
models = typer.Typer(help="Which trained model answers.", no_args_is_help=True)
app.add_typer(agents, name="agent")
app.add_typer(database, name="db")
app.add_typer(nlu, name="nlu")
app.add_typer(models, name="model")
app.add_typer(telegram, name="telegram")
app.add_typer(api_command.app, name="api")
app.add_typer(slack, name="slack")


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="Also run the sample business systems.")] = True,
    bot: BotOption = None,
    services: Annotated[
        int, typer.Option(min=1, help="How many desks share the port (several: PostgreSQL, Redis).")
    ] = 1,
    engines: Annotated[int, typer.Option(min=1, help="How many dialogue engines.")] = 1,
) -> None:
    """Train if needed and start everything; Ctrl-C stops it."""
    settings = _settings(bot)
    prepare(settings)  # before the minutes that training may take
    start_everything(settings, root=ROOT, demo=demo, services=services, engines=engines)


@app.command()
def service(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="FIRSTLINE_PORT.")] = None,
    shared: Annotated[
        int | None, typer.Option("--socket", help="A listening socket's inherited descriptor.")
    ] = None,
    own_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="With --socket: this one's own, local.")
    ] = None,
) -> None:
    """Run one desk alone (engines are somewhere else); SIGTERM lets it finish what it holds."""
    settings = get_settings()
    # Here, and not only in the app: what is wrong is a sentence, not a traceback.
    prepare(settings)
    run_service(settings, port=port, shared=shared, own_port=own_port)


@app.command(hidden=True)
def serve() -> None:
    """As `service`, under its first name."""
    settings = get_settings()
    prepare(settings)
    run_service(settings)


@app.command()
def engine(
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    host: Annotated[str, typer.Option(help="Loopback, or a network that is yours alone.")] = "",
    model: Annotated[
        Path | None, typer.Option(help="A trained model; the one in use otherwise.")
    ] = None,
    bot: BotOption = None,
) -> None:
    """Run one dialogue engine alone; FIRSTLINE_ENGINE_URL names it to the desks."""
    file = None if model is None else CALLED_FROM / model
    become_engine(Plan(_settings(bot), ROOT, model=file), host=host, port=port)


@app.command()
def actions(
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None, bot: BotOption = None
) -> None:
    """Run the action server alone; FIRSTLINE_ACTIONS_URL names it to the engines."""
    become_action_server(Plan(_settings(bot), ROOT), port=port)


@app.command()
def train(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only when the training data changed.")
    ] = False,
    bot: BotOption = None,
) -> None:
    """Train the bot on data/, config.yml and domain.yml."""
    settings = _settings(bot)
    plan = Plan(settings, ROOT)
    if plan.bot is not None:
        plan.bot.prepare(settings, root=ROOT)
    training = plan.training()
    with Processes(cwd=ROOT) as processes, processes.stopping_on_signals():
        if if_needed:
            train_if_needed(training, processes)
        else:
            train_now(training, processes)


@app.command()
def talk(
    desk: Annotated[str | None, typer.Option(help="Which desk to talk to.")] = None,
    language: Annotated[str, typer.Option(help="en or pl.")] = "en",
    ranking: Annotated[bool, typer.Option("--ranking", help="Show all guesses.")] = False,
    bot: BotOption = None,
) -> None:
    """Chat with the bot here, and see what it understands."""
    settings = _settings(bot)
    desks = Desks.load(settings.desks_file)
    chosen = desks.get(desk) if desk else desks.all()[0]
    conversation = Talk(desk=chosen.id, language=language, show_ranking=ranking)
    with bot_alone(settings, root=ROOT):
        hold(
            conversation,
            url=next(iter(settings.engine_urls()), settings.engine_url),
            timeout=settings.engine_timeout,
            console=console,
            read=lambda: console.input("[bold]You[/bold] "),
        )


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to this program's version."""
    url = get_settings().database_url
    migrations.upgrade(url)
    current, _ = migrations.versions(url)
    console.print(f"The database is at version {current}.")


@database.command("forget-secret")
def forget_secret() -> None:
    """After FIRSTLINE_TOKEN_SECRET was changed on purpose: stop all desks, then run this."""
    settings = get_settings()
    migrations.upgrade(settings.database_url)

    async def forget_it() -> None:
        db = Database(settings.database_url)
        try:
            await forget(settings, db)
        finally:
            await db.close()

    asyncio.run(forget_it())
    console.print("The next desk that starts says which secret this installation has.")


@models.command("list")
def list_models(bot: BotOption = None) -> None:
    """The kept models, the newest first; a star marks the one in use."""
    show_models(Plan(_settings(bot), ROOT))


@models.command("use")
def use(
    wanted: Annotated[str, typer.Argument(metavar="FILE", help="A model's file, or a kept name.")],
    bot: BotOption = None,
) -> None:
    """Put a model into use, also while the bot answers: no turn is lost."""
    use_model(Plan(_settings(bot), ROOT), wanted, seen_from=CALLED_FROM)


@models.command("back")
def back(bot: BotOption = None) -> None:
    """Put the model before this one into use again."""
    go_back(Plan(_settings(bot), ROOT))


@nlu.command("benchmark")
def benchmark(
    context: typer.Context,
    train: Annotated[Path, typer.Option(help="CSV file with text,intent to train on.")],
    test: Annotated[Path, typer.Option(help="CSV file with text,intent to measure on.")],
    out: Annotated[Path, typer.Option(help="JSON file for the result.")],
    oos: Annotated[
        Path | None, typer.Option(help="CSV file with more messages that are out of scope.")
    ] = None,
    pipeline: Annotated[
        str, typer.Option(help="shipped (config.yml), stock (Rasa's own) or a config.yml.")
    ] = "shipped",
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="For all random numbers.")] = 1,
) -> None:
    """Train a pipeline on labelled messages, and measure it: see docs/nlu.md."""
    here: Path = context.obj
    task = Benchmark(train, test, out, oos=oos, pipeline=pipeline, seed=seed).seen_from(here)
    measure(task, root=ROOT, logs=Plan(get_settings(), ROOT).logs)


@nlu.command("report")
def held_out_report(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report; in the data folder otherwise.")
    ] = None,
) -> None:
    """Ask the trained bot the messages that were kept apart, and show where it is weak."""
    settings = get_settings()
    folder = context.obj / out if out else ROOT / settings.data_dir / "nlu-report"
    make_report(Plan(settings, ROOT).training(), folder, logs=Plan(settings, ROOT).logs)


@nlu.command("check")
def check() -> None:
    """Look for mistakes in what the bot is trained from, as training does first."""
    check_all(ROOT)


@app.command()
def doctor(bot: BotOption = None) -> None:
    """Say what is wrong and how to mend it."""
    if not report(examine(_settings(bot), root=ROOT), console.print):
        raise typer.Exit(1)


def _settings(bot: Path | None) -> Settings:
    """The settings, with the bot of the command line, which is where the caller stands."""
    named = bot or os.environ.get("FIRSTLINE_BOT_DIR")
    if named and (bot or (CALLED_FROM / named).is_dir()):
        os.environ["FIRSTLINE_BOT_DIR"] = str(CALLED_FROM / Path(named).expanduser())
        get_settings.cache_clear()
    return get_settings()


def _end(sentence: str, *, code: int) -> NoReturn:
    errors.print(f"[red]{escape(sentence)}[/red]", soft_wrap=True)
    raise SystemExit(code)


def _settings_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    name = "_".join(["FIRSTLINE", *(str(part).upper() for part in first["loc"])])
    # An address or a secret may carry a password: it is not repeated.
    private = "URL" in name or "SECRET" in name
    given = "" if private else f" (it is {first['input']!r})"
    return f"{name}: {first['msg'].removeprefix('Value error, ')}{given}."


def main() -> None:
    """The entry point: from the checkout's folder, errors as sentences."""
    # Files that the user names are relative to where they stand.
    here = Path.cwd()
    os.chdir(ROOT)  # settings, data and models are relative to it
    try:
        app(obj=here)
    except LauncherError as error:
        _end(str(error), code=error.exit_code)
    except (BadDesksFile, BadSetting) as error:
        _end(str(error), code=2)
    except FirstlineError as error:
        _end(error.message("en"), code=1)
    except UnusableDatabase as error:
        _end(str(error), code=2)
    except SQLAlchemyError as error:
        _end(str(unusable(get_settings().database_url, error)), code=2)
    except ValidationError as error:
        _end(_settings_problem(error), code=2)
    except Stopped:
        _end("Stopped.", code=130)
