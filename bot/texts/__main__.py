"""`python -m bot.texts widget` prints a section as JSON: the browser build reads it."""

import json
import sys

from bot.texts import section

if __name__ == "__main__":
    json.dump(section(sys.argv[1]), sys.stdout, ensure_ascii=False, indent=1)
