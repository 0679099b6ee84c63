"""The samples of docs/identity.md are run as they stand there, and what they make is believed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc.jwk import OctKey

from bot.channel import Proof
from bot.desk_settings.identity import IdentityKey
from bot.identity.proof import Person, check
from tests.identity import SECRET

GUIDE = Path("docs/identity.md").read_text("utf-8")
TOKENS = IdentityKey("HS256", OctKey.import_key(SECRET))
HASHES = IdentityKey("HMAC", OctKey.import_key(SECRET), secret=SECRET.encode())
ANNA = ("użytkownik-17", "Anna “Nowak”", "anna@example.com")


def sample(language: str) -> str:
    """The code of the guide in this language that signs."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return next(code for code in found if "irstline_token" in code or "firstlineToken" in code)


def short_way(language: str) -> str:
    """The line of the guide that makes a hash."""
    found = re.search(rf"\*\*{language}\*\*: `(.*?)`", GUIDE)
    assert found is not None
    return found.group(1)


def run(command: list[str], code: str) -> str:
    done = subprocess.run([*command, code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def arguments() -> str:
    return ", ".join(json.dumps(word, ensure_ascii=False) for word in (*ANNA, SECRET))


def is_anna(jwt: str) -> bool:
    return check(Proof(jwt=jwt), TOKENS, desk="shop") == Person(*ANNA)


def is_anna_by_hash(made: str) -> bool:
    return check(Proof(user_id=ANNA[0], hash=made), HASHES, desk="shop") == Person(ANNA[0])


def test_python() -> None:
    call = f"print(firstline_token({arguments()}))"
    assert is_anna(run([sys.executable, "-c"], f"{sample('python')}\n{call}"))
    values = f"import hmac; user_id, secret = {ANNA[0]!r}, {SECRET!r}"
    assert is_anna_by_hash(run([sys.executable, "-c"], f"{values}\nprint({short_way('Python')})"))


def test_node() -> None:
    node = [sys.executable, "-m", "scripts.with_node", "node", "-e"]
    call = f"console.log(firstlineToken({arguments()}))"
    assert is_anna(run(node, f"{sample('js')}\n{call}"))
    values = (
        'const { createHmac } = require("node:crypto");'
        f"const userId = {json.dumps(ANNA[0], ensure_ascii=False)}, secret = {json.dumps(SECRET)};"
    )
    assert is_anna_by_hash(run(node, f"{values} console.log({short_way('Node')})"))


def test_php() -> None:
    if shutil.which("php") is None:
        pytest.skip("php is not on PATH (on Debian and Ubuntu: apt install php-cli)")
    code = sample("php").removeprefix("<?php")
    given = arguments().replace("$", "\\$")
    assert is_anna(run(["php", "-r"], f"{code}\necho firstline_token({given});"))
    values = (
        f"$user_id = {json.dumps(ANNA[0], ensure_ascii=False)}; $secret = {json.dumps(SECRET)};"
    )
    assert is_anna_by_hash(run(["php", "-r"], f"{values} echo {short_way('PHP')};"))
