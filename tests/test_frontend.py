"""The widget's own tests, by Node's test runner."""

import subprocess
import sys


def test_the_widgets_parts_without_a_browser() -> None:
    command = [sys.executable, "-m", "scripts.with_node", "node", "--test", "frontend/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "# fail 0" in done.stdout
    assert "# pass 0" not in done.stdout
