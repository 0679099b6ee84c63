"""Refusals as JSON: {"error": {"code": ..., "message": ...}}."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from demo.idempotency import KeyReused


class Refused(Exception):
    """The shop does not do this, and why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def unknown_order(number: str) -> Refused:
    return Refused(404, "unknown_order", f"There is no order {number}.")


def as_json(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def answer_refusals(app: FastAPI) -> None:
    """Every refusal looks the same, also that of a body which is not as it should be."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return as_json(error.status, error.code, error.message)

    @app.exception_handler(KeyReused)
    async def reused(request: Request, error: KeyReused) -> JSONResponse:
        return as_json(422, "key_reused", "This Idempotency-Key came with another request before.")

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return as_json(422, "invalid", _first(error.errors()))


# `Any`: pydantic's errors.
def _first(errors: Sequence[Any]) -> str:
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}"
