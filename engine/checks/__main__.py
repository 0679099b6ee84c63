"""`python -m engine.checks [FOLDER]`: all findings as JSON; exit code 2 when one is an error."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from engine.checks.all import find_all
from engine.checks.findings import Severity


def main() -> int:
    """Run by `firstline nlu check` and before every training."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = find_all(root)
    sys.stdout.write(json.dumps([finding.as_dict() for finding in found], ensure_ascii=False))
    return 2 if any(finding.severity is Severity.ERROR for finding in found) else 0


if __name__ == "__main__":
    sys.exit(main())
