"""The web server of one desk process."""

import gc
import socket

import uvicorn
from starlette.applications import Starlette


class DeskServer(uvicorn.Server):
    """Tells open streams when it stops: uvicorn closes sockets, but waits for what streams."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and lets the garbage collector forget what stays as long as the process.

        The 200,000 objects of our libraries are no garbage, yet a full collection looks at each:
        some 100 ms in which nobody is answered, again and again on a busy desk.
        """
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing new, ends what is open, and stops."""
        app = self.config.loaded_app
        while not isinstance(app, Starlette):
            app = app.app  # uvicorn's own middleware is around it
        app.state.stop_streams()
        await super().shutdown(sockets)
