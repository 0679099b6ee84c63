"""The web server of one desk process."""

import logging
import socket

import uvicorn
from starlette.applications import Starlette

from bot.errors import BadSetting
from bot.launcher.garbage import Garbage


class DeskServer(uvicorn.Server):
    """Tells open streams when it stops: uvicorn closes sockets, but waits for what streams."""

    def __init__(self, config: uvicorn.Config, *, garbage: Garbage | None = None) -> None:
        super().__init__(config)
        self._garbage = garbage or Garbage()

    def _refusal(self) -> BadSetting | None:
        app = self._app()
        return None if app is None else getattr(app.state, "refusal", None)

    def _is_wanted(self, record: logging.LogRecord) -> bool:
        """Not the traceback of a refusal, which has a sentence of its own."""
        return self._refusal() is None or not record.getMessage().startswith("Traceback")

    def _app(self) -> Starlette | None:
        app = getattr(self.config, "loaded_app", None)  # there once uvicorn has loaded it
        while app is not None and not isinstance(app, Starlette):
            app = app.app  # uvicorn's own middleware is around it
        return app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and sees to it that no collection of garbage holds anybody up.

        Raises BadSetting where the desk cannot start with one of its settings.
        """
        log = logging.getLogger("uvicorn.error")
        log.addFilter(self._is_wanted)
        try:
            await super().startup(sockets)
        except SystemExit:
            if (refusal := self._refusal()) is not None:
                raise refusal from None
            raise
        finally:
            log.removeFilter(self._is_wanted)
        self._garbage.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing new, ends what is open, and stops."""
        if (app := self._app()) is not None:
            app.state.stop_streams()
        self._garbage.stop()
        await super().shutdown(sockets)
