"""`firstline doctor`: what is in order, what is not, and how to mend it."""

import asyncio
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from bot import migrations
from bot.desks import BadDesksFile, Desks
from bot.launcher.bot_checks import Check, State, examine_bot
from bot.launcher.files import files_check
from bot.launcher.limbo import examine_conversations
from bot.launcher.locks import differences
from bot.launcher.models import Models
from bot.launcher.plan import Plan, desk_url
from bot.launcher.ports import Address
from bot.launcher.processes import Child, answers, readiness
from bot.mail.mailer import Mailer, MailNotTaken
from bot.migrations.problems import UnusableDatabase
from bot.redis_url import redis_place
from bot.settings import SECRETS_FILE, Settings
from bot.shared.check import UnusableRedis, check_redis

# Where scripts/setup.py puts it.
ENCODER = Path(".tools/encoders/all-minilm-l6-v2")


def examine(settings: Settings, *, root: Path) -> Iterator[Check]:
    """All checks, in the order in which one should mend what they find."""
    plan = Plan(settings, root)
    yield _environment("engine packages", root / ".venv-engine", root / "requirements/engine.txt")
    yield _environment("service packages", root / ".venv", root / "requirements/service.txt")
    yield _encoder(root / ENCODER)
    yield _desks(settings)
    if plan.bot is not None:
        yield from examine_bot(plan.bot, settings, root=root)
    yield _model(plan)
    yield _data_folder(settings.data_dir)
    yield _secrets(settings.data_dir / SECRETS_FILE)
    yield _database(settings.database_url)
    yield from examine_conversations(settings.database_url)
    yield _redis(settings)
    yield _mail(settings)
    yield files_check(settings)
    for number, url in enumerate(plan.elsewhere, 1):
        yield _remote_engine(url, name="engine" if number == 1 else f"engine elsewhere {number}")
    addresses = {address.process: address for address in plan.addresses()}
    for child in plan.children():
        yield _service(child, addresses[child.name])
    yield from _bot_answers(plan)


def _environment(name: str, folder: Path, lock: Path) -> Check:
    try:
        different = differences(folder, lock)
    except FileNotFoundError:
        return Check(name, State.FAIL, f"{folder.name} is missing", "make setup")
    if not different:
        return Check(name, State.OK, f"{folder.name} matches {lock.name}")
    first = different[0]
    state = f"{first.package} is {first.installed or 'missing'}, locked is {first.locked}"
    more = f" and {len(different) - 1} more" if len(different) > 1 else ""
    return Check(name, State.FAIL, f"{folder.name}: {state}{more}", "make setup")


def _encoder(folder: Path) -> Check:
    name = "sentence encoder"
    missing = [file for file in ("model.onnx", "tokenizer.json") if not (folder / file).is_file()]
    if not missing:
        return Check(name, State.OK, f"{folder} is complete")
    detail = f"{folder / missing[0]} is missing: the bot understands fewer English rewordings"
    return Check(name, State.WARN, detail, "make setup, then firstline train")


def _desks(settings: Settings) -> Check:
    try:
        desks = Desks.load(settings.desks_file).all()
    except BadDesksFile as error:
        return Check("desks", State.FAIL, str(error), f"edit {settings.desks_file}")
    return Check("desks", State.OK, ", ".join(desk.id for desk in desks))


def _model(plan: Plan) -> Check:
    training = plan.training()
    if not training.model.exists():
        return Check("model", State.FAIL, f"{training.model} is missing", _train(plan))
    if Models(training.model).is_chosen:
        return Check("model", State.OK, f"{training.model} was chosen with firstline model")
    if not training.is_current():
        changed = "the training data changed since it was trained"
        return Check("model", State.WARN, changed, _train(plan))
    return Check("model", State.OK, f"{training.model} is up to date")


def _train(plan: Plan) -> str:
    return "firstline train" if plan.bot is None else f"firstline train --bot {plan.bot.folder}"


def _data_folder(folder: Path) -> Check:
    name = "data folder"
    if not folder.exists():
        return Check(name, State.WARN, f"{folder} does not exist yet", "firstline up makes it")
    if not os.access(folder, os.W_OK | os.X_OK):
        remedy = f"chown or chmod {folder}, or set FIRSTLINE_DATA_DIR"
        return Check(name, State.FAIL, f"{folder} cannot be written", remedy)
    return Check(name, State.OK, f"{folder} can be written")


def _secrets(file: Path) -> Check:
    if not file.exists():
        return Check("secrets", State.OK, f"{file} is made at the first start")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        detail = f"{file} can be read by others (mode {mode:o})"
        return Check("secrets", State.FAIL, detail, f"chmod 600 {file}")
    return Check("secrets", State.OK, f"{file} is private")


def _database(url: str) -> Check:
    sqlite = migrations.sync_url(url).removeprefix("sqlite:///")
    if url.startswith("sqlite") and not Path(sqlite).exists():
        return Check("database", State.WARN, f"{sqlite} does not exist yet", "firstline db upgrade")
    try:
        migrations.check(url)
        current, wanted = migrations.versions(url)
    except UnusableDatabase as error:
        return Check("database", State.FAIL, str(error), "correct FIRSTLINE_DATABASE_URL")
    if current != wanted:
        detail = f"is at version {current or 'none'}, this program needs {wanted}"
        return Check("database", State.FAIL, detail, "firstline db upgrade")
    return Check("database", State.OK, f"reachable, version {current}")


def _redis(settings: Settings) -> Check:
    if not settings.redis_url:
        return Check("redis", State.OK, "not used: one service process shares nothing")
    try:
        asyncio.run(check_redis(settings.redis_url, prefix=settings.redis_prefix))
    except UnusableRedis as error:
        return Check("redis", State.FAIL, str(error), "start it, or correct FIRSTLINE_REDIS_URL")
    return Check("redis", State.OK, f"{redis_place(settings.redis_url)} answers")


def _mail(settings: Settings) -> Check:
    place = settings.smtp_place()
    if place is None:
        return Check("mail", State.OK, "not used: transcripts can be downloaded, not mailed")
    try:
        Mailer(place).greet()
    except MailNotTaken as error:
        detail = f"{place!r} does not take our mail ({error})"
        return Check("mail", State.FAIL, detail, "start it, or correct FIRSTLINE_SMTP_URL")
    return Check("mail", State.OK, f"{place!r} takes our mail")


def _service(child: Child, address: Address) -> Check:
    if child.ready_url is not None and answers(child.ready_url):
        return Check(child.name, State.OK, f"answers at {child.ready_url}")
    if address.is_free():
        return Check(child.name, State.WARN, "is not running", "firstline up")
    said = readiness(child.ready_url) if child.ready_url else {}
    parts = ((name, part) for name, part in said.items() if isinstance(part, dict))
    faults = [name for name, part in parts if not part.get("ok", True)]
    if faults:
        detail = f"runs, but is not ready: {', '.join(faults)} ({child.ready_url} says more)"
        return Check(child.name, State.FAIL, detail, f"read {child.log}")
    detail = f"port {address.port} is taken, but {child.ready_url} does not answer with success"
    remedy = f"read {child.log}; if something else listens there, set {address.setting}"
    return Check(child.name, State.FAIL, detail, remedy)


def _remote_engine(url: str, *, name: str) -> Check:
    if answers(f"{url}/webhooks/turn/ready"):
        return Check(name, State.OK, f"answers at {url}")
    return Check(name, State.FAIL, f"{url} does not answer", "correct FIRSTLINE_ENGINE_URL")


def _bot_answers(plan: Plan) -> Iterator[Check]:
    """What a running desk thinks of its engines: while none answers, everybody waits in a queue."""
    engine = readiness(f"{desk_url(plan.settings)}/readyz").get("engine")
    if not isinstance(engine, dict):
        return
    if engine.get("ok"):
        yield Check("bot", State.OK, f"answers with model {engine.get('model')}")
        return
    since = f" since {engine['down_since']}" if engine.get("down_since") else ""
    detail = f"no engine answers{since}: whoever writes comes to the queue"
    yield Check("bot", State.FAIL, detail, f"read {plan.logs / 'engine.log'}; start the engine")


REPORT_MARKS: dict[State, str] = {
    State.OK: "[green]✓[/green]",
    State.WARN: "[yellow]![/yellow]",
    State.FAIL: "[red]✗[/red]",
}


def report(checks: Iterator[Check], show: Callable[[str], None]) -> bool:
    """Shows a line for each check; whether none of them failed."""
    healthy = True
    for check in checks:
        healthy = healthy and check.state is not State.FAIL
        mend = f"\n    to mend it: {check.remedy}" if check.remedy else ""
        show(f"{REPORT_MARKS[check.state]} {check.name}: {check.detail}{mend}")
    return healthy
