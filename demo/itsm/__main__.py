"""Serves it: python -m demo.itsm --port 5057."""

import argparse

import uvicorn

from demo.itsm.app import create_app


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="Sample IT service of the Firstline demo.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5057)
    place = parser.parse_args()
    uvicorn.run(create_app(), host=place.host, port=place.port, log_level="warning")


if __name__ == "__main__":
    main()
