"""`firstline doctor`: can files be kept, and does the virus scanner answer?"""

import asyncio
import os
import tempfile
from pathlib import Path

from bot.attachments.errors import NotScanned, VirusFound
from bot.attachments.setup import folder_of, rules_of, scan_of
from bot.errors import BadSetting
from bot.launcher.bot_checks import Check, State
from bot.settings import Settings

NAME = "files"


def files_check(settings: Settings) -> Check:
    """The settings, the folder, and a clean file for the scanner."""
    try:
        rules, scan = rules_of(settings), scan_of(settings)
    except BadSetting as error:
        return Check(NAME, State.FAIL, str(error), "see docs/attachments.md")
    if rules.limits is None:
        return Check(NAME, State.OK, "are not taken (FIRSTLINE_ATTACHMENT_MAX_MB=0)")
    folder = folder_of(settings)
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = f"chown or chmod {there}, or set FIRSTLINE_ATTACHMENTS_DIR"
        return Check(NAME, State.FAIL, f"{there} cannot be written", remedy)
    if scan is None:
        return Check(NAME, State.OK, f"are kept in {folder}; no virus scanner is set")
    with tempfile.TemporaryDirectory() as scratch:
        clean = Path(scratch) / "clean.txt"
        clean.write_text("A file that is clean.\n", "utf-8")
        try:
            asyncio.run(scan(clean))
        except NotScanned as problem:
            detail = f"the virus scanner does not answer, so no file is taken: {problem.__cause__}"
            return Check(NAME, State.FAIL, detail, "start it, or mend FIRSTLINE_VIRUS_SCAN")
        except VirusFound:
            detail = "the virus scanner takes a clean file for an infected one"
            return Check(NAME, State.FAIL, detail, "see what FIRSTLINE_VIRUS_SCAN calls")
    return Check(NAME, State.OK, f"are kept in {folder}; the virus scanner answers")
