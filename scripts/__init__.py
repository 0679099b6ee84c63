"""What `make` calls. Set-up runs on any Python 3.8 or newer with nothing installed."""

import sys

if sys.version_info < (3, 8):  # noqa: UP036  # the sentence is for whoever runs it with less
    sys.exit("Firstline's set-up needs Python 3.8 or newer; run `make PYTHON=/path/to/python3`.")
