"""The IT service over HTTP; every refusal is JSON with a code."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from demo.idempotency import KeyReused, Once
from demo.itsm import requests
from demo.itsm.desk import Refusal, ServiceDesk
from demo.orders import utc_today

# `Any`: answers are JSON objects.
Json = dict[str, Any]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


def create_app(today: Callable[[], date] = utc_today) -> FastAPI:
    """The service; tests give it a fixed day."""
    app = FastAPI(title="Sample IT service")
    desk, once = ServiceDesk(today), Once()
    _add_refusals(app)

    @app.get("/health")
    @app.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/tickets/{number}")
    async def ticket(number: Annotated[str, Path(max_length=20)]) -> Json:
        return desk.ticket(number)

    @app.post("/tickets", status_code=201)
    async def report(body: requests.Incident, idempotency_key: Key = None) -> Json:
        return once.run(idempotency_key, _asked("tickets", body), lambda: desk.report(body))

    @app.post("/password-resets", status_code=201)
    async def password(body: requests.PasswordReset, idempotency_key: Key = None) -> Json:
        asked = _asked("password-resets", body)
        return once.run(idempotency_key, asked, lambda: desk.reset_password(body))

    @app.post("/mfa-resets", status_code=201)
    async def mfa(body: requests.MfaReset, idempotency_key: Key = None) -> Json:
        return once.run(idempotency_key, _asked("mfa-resets", body), lambda: desk.reset_mfa(body))

    @app.post("/access-requests", status_code=201)
    async def access(body: requests.AccessRequest, idempotency_key: Key = None) -> Json:
        asked = _asked("access-requests", body)
        return once.run(idempotency_key, asked, lambda: desk.request_access(body))

    @app.post("/hardware-requests", status_code=201)
    async def hardware(body: requests.HardwareRequest, idempotency_key: Key = None) -> Json:
        asked = _asked("hardware-requests", body)
        return once.run(idempotency_key, asked, lambda: desk.request_hardware(body))

    return app


def _asked(what: str, body: requests.Request) -> Json:
    return {"what": what, **jsonable_encoder(body)}


def _add_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(_request: Request, error: Refusal) -> JSONResponse:
        return _error(error.status, error.code, error.message)

    @app.exception_handler(KeyReused)
    async def reused(_request: Request, _error_: KeyReused) -> JSONResponse:
        return _error(422, "key_reused", "This Idempotency-Key came with another request before.")

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        return _error(422, "invalid", f"{field}: {first['msg']}")


def _error(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
