"""What libpq and the server say, as captured, becomes a sentence for whoever set the address."""

import pytest
from psycopg import OperationalError as Refused
from sqlalchemy.exc import OperationalError

from bot.migrations.problems import unusable

URL = "postgresql+psycopg://me:hunter2@db.example:5433/desk"
TO = 'connection failed: connection to server at "10.0.0.1", port 5433 failed: '


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (f"{TO}Connection refused\n\tIs the server running?", "nothing listens at db.example:5433"),
        (f'{TO}FATAL:  password authentication failed for user "me"', "refuses user me's password"),
        (f"{TO}fe_sendauth: no password supplied", "wants a password for user me"),
        (f'{TO}FATAL:  database "desk" does not exist', "has no database desk; create it"),
        (f'{TO}FATAL:  role "me" does not exist', "knows no user me"),
        (f"{TO}FATAL:  sorry, too many clients already", "max_connections"),
        ("failed to resolve host 'db.example': [Errno -2]", "no machine called db.example"),
        ("connection timeout expired", "db.example:5433 does not answer"),
        ("permission denied for schema public\nLINE 2:", "may not make tables in database desk"),
        (f"{TO}FATAL:  the database system is starting up", "the database system is starting up"),
    ],
)
def test_it_names_the_setting_and_never_the_password(said: str, becomes: str) -> None:
    sentence = str(unusable(URL, OperationalError("SELECT 1", {}, Refused(said))))
    assert sentence.startswith("FIRSTLINE_DATABASE_URL: ")
    assert becomes in sentence
    assert sentence.count("\n") == 0
    assert "hunter2" not in sentence
