"""Makes the files' keeper as the settings want it; a setting that cannot be is named."""

from pathlib import Path

from bot.attachments.kinds import GROUPS
from bot.attachments.scanner import Scan, scanner
from bot.attachments.service import MEGABYTE, Attachments, Rules
from bot.attachments.storage import FolderStorage
from bot.db import Database
from bot.errors import BadSetting
from bot.settings import Settings

KEPT, INCOMING = "kept", "incoming"


def attachments_of(settings: Settings, db: Database) -> Attachments:
    """Raises BadSetting."""
    folder = folder_of(settings)
    return Attachments(
        db,
        storage=FolderStorage(folder / KEPT),
        # Beside what is kept, so that a checked file is moved and not copied.
        drafts=folder / INCOMING,
        rules=rules_of(settings),
        scan=scan_of(settings),
    )


def folder_of(settings: Settings) -> Path:
    """Where files are."""
    return settings.attachments_dir or settings.data_dir / "attachments"


def rules_of(settings: Settings) -> Rules:
    """Which files are taken; raises BadSetting."""
    return Rules(settings.attachment_max_mb * MEGABYTE, _groups(settings))


def _groups(settings: Settings) -> frozenset[str]:
    wanted = settings.attachment_groups()
    unknown = sorted(wanted.difference(GROUPS))
    if unknown or not wanted:
        raise BadSetting(
            f"FIRSTLINE_ATTACHMENT_TYPES: {', '.join(unknown) or 'nothing'} is no kind of file; "
            f"choose from {', '.join(GROUPS)} (FIRSTLINE_ATTACHMENT_MAX_MB=0 turns files off)"
        )
    return wanted


def scan_of(settings: Settings) -> Scan | None:
    """The virus scanner, if one is set; raises BadSetting."""
    try:
        return scanner(settings.virus_scan)
    except ValueError as error:
        raise BadSetting(f"FIRSTLINE_VIRUS_SCAN: {error}") from None
