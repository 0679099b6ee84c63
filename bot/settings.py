"""Every setting of the service, read once from `FIRSTLINE_*` variables (or a `.env` file)."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import ArgumentError

from bot.redis_url import check_redis_url
from bot.smtp_url import SmtpPlace, parse_sender, parse_smtp_url
from bot.telegram_url import check_token, check_url, check_webhook_secret

ROLES = ("agent", "lead", "manager", "admin")  # as in bot/accounts/permissions.py
SECRETS_FILE = "secrets.json"
SQLITE = "sqlite+aiosqlite:///"
# FIRSTLINE_ENGINE_URL=@FILE: a file with the addresses, read again when it changes.
ENGINES_FILE = "@"
POSTGRESQL = "postgresql+psycopg://"


class Settings(BaseSettings):
    """Defaults run the whole product on one machine with nothing else installed."""

    model_config = SettingsConfigDict(env_prefix="FIRSTLINE_", env_file=".env", extra="ignore")

    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    database_url: str = ""
    redis_url: Annotated[str, Field(repr=False)] = ""
    redis_prefix: Annotated[str, Field(pattern=r"^[\w.:-]{1,64}$")] = "firstline:"
    database_connections: Annotated[int, Field(ge=2, description="of one process")] = 16
    engine_url: str = "http://127.0.0.1:5005"
    engine_timeout: Annotated[float, Field(gt=0, description="seconds")] = 10.0
    actions_url: str = "http://127.0.0.1:5055/webhook"
    orders_url: str = "http://127.0.0.1:5056"
    bot_dir: Path | None = None
    human_intents: str = "talk_to_human, human_handoff, ask_for_human, request_human"
    itsm_url: str = "http://127.0.0.1:5057"
    desks_file: Path = Path("desks.toml")
    models_dir: Path = Path("models")
    log_level: str = "info"
    log_json: bool = False
    max_text_length: Annotated[int, Field(ge=1, description="characters")] = 4000
    max_sockets: Annotated[int, Field(ge=1, description="of one process")] = 10_000
    attachments_dir: Path | None = None
    attachment_max_mb: Annotated[int, Field(ge=0, le=2000)] = 10
    attachment_types: str = "images, pdf, text, documents"
    virus_scan: Annotated[str, Field(repr=False)] = ""
    messages_burst: Annotated[int, Field(ge=1)] = 15
    messages_per_second: Annotated[float, Field(gt=0)] = 2.0
    sign_in_attempts_per_minute: Annotated[int, Field(ge=1)] = 10
    visitor_token_days: Annotated[int, Field(ge=1)] = 90
    agent_session_hours: Annotated[int, Field(ge=1)] = 12
    undo_send_seconds: Annotated[int, Field(ge=0, le=60)] = 5
    away_after_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    smtp_url: Annotated[str, Field(repr=False)] = ""
    smtp_from: str = ""
    transcripts_per_day: Annotated[int, Field(ge=1)] = 5
    survey_days: Annotated[int, Field(ge=0, le=90)] = 7
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str = ""
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    api_requests_burst: Annotated[int, Field(ge=1)] = 100
    api_requests_per_second: Annotated[float, Field(gt=0)] = 20.0
    webhooks_to_private_addresses: bool = False
    telegram_token: SecretStr | None = None
    telegram_api_url: str = ""
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr | None = None
    secure_cookies: bool = False
    public_url: str = ""
    second_factor_roles: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_create_agents: bool = False
    token_secret: SecretStr | None = None

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, url: str) -> str:
        """Nothing of the address is repeated: it may carry a password."""
        if not url or (url.startswith(SQLITE) and len(url) > len(SQLITE)):
            return url
        wanted = f"must be {SQLITE}PATH or {POSTGRESQL}USER:PASSWORD@HOST:PORT/NAME"
        if not url.startswith(POSTGRESQL):
            raise ValueError(wanted)
        try:
            database = make_url(url).database
        except (ArgumentError, ValueError):
            # A port that is no number, often because of a password with a meaning of its own.
            raise ValueError(f"{wanted}; in a password, @ is %40, / %2F, : %3A, % %25") from None
        if not database:
            raise ValueError(f"{wanted}; NAME, the database, is missing")
        return url

    @field_validator("engine_url")
    @classmethod
    def _check_engines(cls, value: str) -> str:
        if not value.startswith(ENGINES_FILE):
            for url in split_urls(value):
                if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
                    raise ValueError("must be http://HOST:PORT, several with commas, or @FILE")
        if not split_urls(value.removeprefix(ENGINES_FILE)):
            raise ValueError("names no engine")
        return value

    @field_validator("redis_url")
    @classmethod
    def _check_redis(cls, url: str) -> str:
        return check_redis_url(url) if url else url

    @field_validator("slack_bot_token")
    @classmethod
    def _check_bot_token(cls, token: SecretStr | None) -> SecretStr | None:
        return _token(token, "xoxb-", "the bot token (OAuth & Permissions)")

    @field_validator("slack_app_token")
    @classmethod
    def _check_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return _token(token, "xapp-", "the app-level token (Basic Information)")

    @field_validator("slack_api_url")
    @classmethod
    def _check_slack_url(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
            raise ValueError("must be https://HOST/api/")
        return url.rstrip("/") + "/"

    @field_validator("oidc_issuer")
    @classmethod
    def _check_issuer(cls, url: str) -> str:
        parts = urlsplit(url)
        is_here = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if url and not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
            raise ValueError("must be https://…, exactly as the provider spells its issuer")
        return url

    @field_validator("second_factor_roles")
    @classmethod
    def _check_roles(cls, words: str) -> str:
        wanted = {name.strip() for name in words.split(",") if name.strip()}
        if not wanted <= set(ROLES):
            raise ValueError(f"must be some of {', '.join(ROLES)}, with commas between them")
        return ", ".join(name for name in ROLES if name in wanted)

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, url: str) -> str:
        parts = urlsplit(url)
        has_more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or has_more):
            raise ValueError("must be https://HOST, as people reach the desk")
        return url.rstrip("/")

    @field_validator("telegram_token")
    @classmethod
    def _check_telegram(cls, token: SecretStr | None) -> SecretStr | None:
        return check_token(token)

    @field_validator("telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _check_telegram_url(cls, url: str) -> str:
        return check_url(url)

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _check_telegram_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        return check_webhook_secret(secret)

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp(cls, url: str) -> str:
        if url:
            parse_smtp_url(url)
        return url

    @field_validator("smtp_from")
    @classmethod
    def _check_sender(cls, sender: str) -> str:
        if sender:
            parse_sender(sender)
        return sender

    @model_validator(mode="after")
    def _check_mail(self) -> "Settings":
        if bool(self.smtp_url) != bool(self.smtp_from):
            raise ValueError("FIRSTLINE_SMTP_URL and FIRSTLINE_SMTP_FROM belong together: set both")
        return self

    @model_validator(mode="after")
    def _check_oidc(self) -> "Settings":
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError(
                "FIRSTLINE_OIDC_ISSUER and FIRSTLINE_OIDC_CLIENT_ID belong together: set both"
            )
        return self

    @model_validator(mode="after")
    def _place_database_in_data_dir(self) -> "Settings":
        if not self.database_url:
            self.database_url = f"{SQLITE}{self.data_dir / 'firstline.db'}"
        return self

    def engine_urls(self) -> list[str]:
        """The engines' addresses; of a file, those that it has now."""
        if not self.engine_url.startswith(ENGINES_FILE):
            return split_urls(self.engine_url)
        file = Path(self.engine_url.removeprefix(ENGINES_FILE))
        return split_urls(file.read_text("utf-8", "replace")) if file.is_file() else []

    def base_url(self) -> str:
        """Where people reach the desk, for links that it mails."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def factor_roles(self) -> frozenset[str]:
        """The roles that need a second factor."""
        return frozenset(name for name in self.second_factor_roles.split(", ") if name)

    def smtp_place(self) -> SmtpPlace | None:
        """Where mail goes out, if it does."""
        return parse_smtp_url(self.smtp_url) if self.smtp_url else None

    def human_intent_names(self) -> list[str]:
        """The intents of somebody else's bot that ask for a person."""
        return [name.strip() for name in self.human_intents.split(",") if name.strip()]

    def attachment_groups(self) -> frozenset[str]:
        """The kinds of files that may be sent, by the names of their groups."""
        return frozenset(name.strip() for name in self.attachment_types.split(",") if name.strip())

    def token_key(self) -> str:
        """The key that signs visitor tokens: as configured, or made at first start."""
        if self.token_secret is not None:
            return self.token_secret.get_secret_value()
        return _stored_secret(self.data_dir / SECRETS_FILE, name="token_secret")


def _token(token: SecretStr | None, begins: str, what: str) -> SecretStr | None:
    """The token; None for an empty one. Nothing of a wrong one is repeated."""
    if token is None or not token.get_secret_value().strip():
        return None
    if not token.get_secret_value().strip().startswith(begins):
        raise ValueError(f"must be {what}, which begins with {begins}")
    return SecretStr(token.get_secret_value().strip())


def split_urls(words: str) -> list[str]:
    """Addresses separated by commas or white space, each once, without a slash at their end."""
    found = (url.rstrip("/") for url in words.replace(",", " ").split())
    return list(dict.fromkeys(url for url in found if url))


def _stored_secret(path: Path, *, name: str) -> str:
    """Reads a secret from the private file, making file and secret when they are missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(path.parent):
        stored: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if name not in stored:
            stored[name] = secrets.token_urlsafe(32)
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(stored, file)
            draft.replace(path)
    return stored[name]


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Two service processes that start together must not make two secrets."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@lru_cache
def get_settings() -> Settings:
    """The settings of this process; read once, so that they cannot change under a running desk."""
    return Settings()
