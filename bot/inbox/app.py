"""The agents' inbox."""

from typing import Any

from fastapi import APIRouter


def inbox_router(*_: Any, **__: Any) -> APIRouter:
    return APIRouter()
