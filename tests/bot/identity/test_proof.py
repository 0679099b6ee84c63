"""Which proofs are believed: one way of signing a desk, an end in time, no claim of a browser."""

import base64
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from bot.channel import Proof
from bot.desk_settings.identity import IdentityKey, read_identity
from bot.identity.proof import BadIdentity, IdentityExpired, Person, check
from tests.identity import SECRET, token, user_hash

RSA = RSAKey.generate_key(2048)
EC = ECKey.generate_key("P-256")
HS256 = IdentityKey("HS256", OctKey.import_key(SECRET))
HMAC = IdentityKey("HMAC", OctKey.import_key(SECRET), secret=SECRET.encode())
PUBLIC_RSA = IdentityKey("RS256", RSAKey.import_key(RSA.as_pem(private=False)))
PUBLIC_EC = IdentityKey("ES256", ECKey.import_key(EC.as_pem(private=False)))


def who(jwt: str, key: IdentityKey = HS256) -> Person:
    return check(Proof(jwt=jwt), key, desk="shop")


def unsigned(**claims: object) -> str:
    parts = [{"alg": "none"}, {"sub": "user-1", "exp": 4_000_000_000} | claims]
    words = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().strip("=") for p in parts]
    return f"{words[0]}.{words[1]}."


def signed_by_hand(secret: bytes, **claims: object) -> str:
    head, body, _ = unsigned(**claims).split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().strip("=")
    signature = hmac.digest(secret, f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().strip('=')}"


def test_a_signed_person_is_believed_with_what_was_signed() -> None:
    signed = token(claims={"name": "Anna  Nowak", "email": "anna@example.com"})
    assert who(signed) == Person("user-1", "Anna Nowak", "anna@example.com")
    assert who(signed_by_hand(SECRET.encode())).user_id == "user-1"
    assert who(token(claims={"name": 7, "email": ["x"]})) == Person("user-1")


def test_the_account_is_what_an_agent_takes_in_at_a_glance() -> None:
    account = {"Plan": "Pro ", "Orders": 17, "Newsletter": False, "None": None, "": "x", "No": ""}
    kept = {"Plan": "Pro", "Orders": 17, "Newsletter": False}
    assert who(token(claims={"account": account})).account == kept
    assert who(token(claims={"account": {}})).account == {}
    assert who(token()).account is None
    many = {f"{at:02} {'l' * 100}": "v" * 1000 for at in range(20)}
    cut = who(token(claims={"account": many})).account
    assert cut == {f"{at:02} {'l' * 57}": "v" * 300 for at in range(12)}
    odd = {"Half \ud83d": "a\0b \udc00", "Number": 10**20}
    assert who(signed_by_hand(SECRET.encode(), account=odd)).account == {
        "Half": "ab",
        "Number": f"1{'0' * 20}",
    }


@pytest.mark.parametrize(
    "account", [["Plan"], "Pro", {"Plan": ["Pro"]}, {"Plan": {"a": 1}}, {"Plan": float("nan")}]
)
def test_an_account_in_another_shape_is_told_to_whoever_builds_the_site(account: object) -> None:
    with pytest.raises(BadIdentity) as told:
        who(token(claims={"account": account}))
    assert "“account”" in str(told.value.values["detail"])


@pytest.mark.parametrize(
    ("key", "private", "algorithm"), [(PUBLIC_RSA, RSA, "RS256"), (PUBLIC_EC, EC, "ES256")]
)
def test_a_public_key_checks_and_a_foreign_private_one_does_not_sign(
    key: IdentityKey, private: RSAKey | ECKey, algorithm: str
) -> None:
    assert who(token(key=private, algorithm=algorithm), key).user_id == "user-1"
    foreign = RSAKey.generate_key(2048) if algorithm == "RS256" else ECKey.generate_key("P-256")
    with pytest.raises(BadIdentity):
        who(token(key=foreign, algorithm=algorithm), key)


def test_the_algorithm_is_ours_to_choose_not_the_tokens() -> None:
    confused = signed_by_hand(RSA.as_pem(private=False))  # the public key as if it were a secret
    foreign = token(key=RSA, algorithm="RS256")
    for jwt, key in ((confused, PUBLIC_RSA), (foreign, HS256), (unsigned(), HS256)):
        with pytest.raises(BadIdentity):
            who(jwt, key)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: token(key=OctKey.import_key(SECRET[::-1])), "signed with HS256"),
        (lambda: token(claims={"exp": None}), "exp"),
        (lambda: token(None), "sub"),
        (lambda: token(""), "sub"),
        (lambda: token(17), "sub"),
        (lambda: token("x" * 201), "user id"),
        (lambda: token("a\nb"), "user id"),
        (lambda: token(claims={"exp": "soon"}), "exp"),
        (lambda: "a.b.c", ""),
        (lambda: "", "“jwt”"),
    ],
)
def test_what_is_wrong_is_told_to_whoever_builds_the_site(
    bad: Callable[[], str], says: str
) -> None:
    with pytest.raises(BadIdentity) as told:
        who(bad())
    assert says in str(told.value.values["detail"])
    assert SECRET not in str(told.value.values)


def test_an_end_in_time_with_some_leeway() -> None:
    assert who(token(seconds=-20)).user_id == "user-1"
    with pytest.raises(IdentityExpired):
        who(token(seconds=-40))
    strict = IdentityKey("HS256", OctKey.import_key(SECRET), leeway_seconds=0)
    with pytest.raises(IdentityExpired):
        who(token(seconds=-20), strict)
    with pytest.raises(BadIdentity):
        who(token(claims={"nbf": 4_000_000_000}))


def test_issuer_and_audience_are_asked_for_when_configured() -> None:
    key = IdentityKey("HS256", OctKey.import_key(SECRET), issuer="shop", audience="firstline")
    assert who(token(claims={"iss": "shop", "aud": "firstline"}), key).user_id == "user-1"
    for claims in ({}, {"iss": "shop"}, {"iss": "x", "aud": "firstline"}):
        with pytest.raises(BadIdentity):
            who(token(claims=claims), key)


def test_a_hash_of_the_user_id_proves_the_id_and_nothing_else() -> None:
    good = Proof(user_id="zażółć", hash=user_hash("zażółć").upper())
    assert check(good, HMAC, desk="shop") == Person("zażółć")
    for proof in (
        Proof(user_id="user-2", hash=user_hash("user-1")),
        Proof(user_id="user-1", hash=user_hash("user-1", "another secret")),
        Proof(user_id="user-1", hash="é"),
        Proof(user_id="user-1"),
        Proof(hash=user_hash("user-1")),
        Proof(jwt=token()),
    ):
        with pytest.raises(BadIdentity):
            check(proof, HMAC, desk="shop")


def test_a_desk_without_a_key_believes_nobody() -> None:
    with pytest.raises(BadIdentity) as told:
        check(Proof(jwt=token()), None, desk="shop")
    assert "[shop.identity]" in str(told.value.values["detail"])


@given(st.text(max_size=300), st.text(max_size=100))
def test_whatever_comes_is_an_answer_and_never_a_crash(one: str, other: str) -> None:
    head, _, tail = token().partition(".")
    for jwt in (one, f"{head}.{one}.{other}", f"{one}.{tail}", f"{head}.{tail}{other or 'x'}"):
        with pytest.raises(BadIdentity):
            who(jwt)
    with pytest.raises(BadIdentity):
        check(Proof(user_id=one, hash=other), HMAC, desk="shop")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({}, "method must be one of HS256, RS256, ES256, HMAC"),
        ({"method": "none"}, "method must be one of"),
        ({"method": "HS256"}, "secret_file (or secret_env) is missing"),
        ({"method": "HS256", "secret": "x"}, "secret is not known here"),
        ({"method": "HS256", "secret_file": "gone"}, "gone, which cannot be read"),
        ({"method": "HS256", "secret_file": "short"}, "has less than 32 characters"),
        ({"method": "HMAC", "secret_env": "NOT_SET"}, "has less than 32 characters"),
        ({"method": "HMAC", "secret_env": "a b"}, "the name of an environment variable"),
        ({"method": "RS256"}, "public_key_file is missing"),
        ({"method": "RS256", "public_key_file": "short"}, "holds no public key for RS256"),
        ({"method": "RS256", "public_key_file": "private"}, "holds a private key"),
        ({"method": "ES256", "public_key_file": "rsa"}, "holds no public key for ES256"),
        ({"method": "ES256", "public_key_file": "p384"}, "must be of curve P-256"),
        ({"method": "HS256", "secret_env": "OK", "leeway_seconds": 999}, "leeway_seconds must be"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(
    tmp_path: Path, table: dict[str, object], says: str
) -> None:
    (tmp_path / "short").write_text("secret")
    (tmp_path / "private").write_bytes(RSA.as_pem(private=True))
    (tmp_path / "rsa").write_bytes(RSA.as_pem(private=False))
    (tmp_path / "p384").write_bytes(ECKey.generate_key("P-384").as_pem(private=False))
    with pytest.raises(ValueError, match=r"desks\.toml: \[shop\.identity\] ") as told:
        read_identity(tmp_path / "desks.toml", "shop", table, {"OK": SECRET})
    assert says in str(told.value)


def test_keys_come_from_files_and_variables(tmp_path: Path) -> None:
    (tmp_path / "rsa").write_bytes(RSA.as_pem(private=False))
    file = tmp_path / "desks.toml"
    rs256 = read_identity(file, "shop", {"method": "RS256", "public_key_file": "rsa"}, {})
    hs256 = read_identity(file, "shop", {"method": "HS256", "secret_env": "S"}, {"S": SECRET})
    assert rs256 is not None
    assert hs256 is not None
    assert who(token(key=RSA, algorithm="RS256"), rs256).user_id == "user-1"
    assert who(token(), hs256).user_id == "user-1"
    assert read_identity(file, "shop", None) is None
