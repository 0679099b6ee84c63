"""The web server of one desk process."""

import socket

import uvicorn
from starlette.applications import Starlette


class DeskServer(uvicorn.Server):
    """Tells open streams when it stops: uvicorn closes sockets, but waits for what streams."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing new, ends what is open, and stops."""
        app = self.config.loaded_app
        while not isinstance(app, Starlette):
            app = app.app  # uvicorn's own middleware is around it
        app.state.stop_streams()
        await super().shutdown(sockets)
