"""telemelya alone, with its Redis and its S3 in this process: run as a module, with a port."""

import sys

import fakeredis
import redis.asyncio
import uvicorn
from moto.server import ThreadedMotoServer
from telemelya.server.config import settings  # type: ignore[import-untyped]


def main() -> None:
    """Until killed."""
    port = int(sys.argv[1])
    storage = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    storage.start()
    _, storage_port = storage.get_host_and_port()
    settings.minio_endpoint = f"127.0.0.1:{storage_port}"
    settings.mock_server_url = f"http://127.0.0.1:{port}"
    kept = fakeredis.FakeAsyncRedis(decode_responses=True)
    redis.asyncio.from_url = lambda *_args, **_more: kept
    uvicorn.run("telemelya.server.app:app", host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
