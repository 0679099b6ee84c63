"""Numbers of orders, tickets, telephones and postcodes, e-mail addresses, amounts, error codes."""

import pytest

from engine.nlu.entities import (
    amount,
    email,
    error_code,
    long_number,
    order_number,
    phone,
    postcode,
    ticket_number,
)
from engine.nlu.entities.found import Found

Cases = dict[str, list[str]]
ORDERS: Cases = {
    "order 10482": ["10482"],
    "10482, 10512.": ["10482", "10512"],
    "104 82": [],
    "10 482": ["10482"],
    "10\u00a0482": ["10482"],
    "wait, no, 10 482": ["10482"],
    "nr 10 482": ["10482"],
    "gdzie jest zamówienie nr 10-482?": ["10482"],
    "where is my order 10 482": ["10482"],
    "order number is 10-482, thanks": ["10482"],
    "10 482 and 10 500": ["10482", "10500"],
    "zamówienie 10 482 i 10 500": ["10482", "10500"],
    "10 482, 10512": ["10482", "10512"],
    "10-482": [],
    "powerbank 10 000 mAh": [],
    "order 10 000 points": [],
    "10 482 10 500": [],
    "order 1 10 482": [],
    "call 600 10 482": [],
    "1048": [],
    "104823": [],
    "10482.50": [],
    "00-10482": [],
    "ab10482": [],
}
TICKETS: Cases = {
    "INC-20417": ["INC-20417"],
    "inc 20417": ["INC-20417"],
    "INC20417?": ["INC-20417"],
    "Inc nr 20417": ["INC-20417"],
    "req-30112": ["REQ-30112"],
    "INC-204171": [],
    "zinc 20417": [],
}
EMAILS: Cases = {
    "Jan.Kowalski@Volta.EXAMPLE.": ["Jan.Kowalski@volta.example"],
    "<a+b@c-d.co.uk>": ["a+b@c-d.co.uk"],
    "mam konto żaneta@poczta.pl": ["żaneta@poczta.pl"],
    "a..b@c.pl": [],
    "@home": [],
    "a@b": [],
}
PHONES: Cases = {
    "600 100 200": ["+48600100200"],
    "+48 600-100-200": ["+48600100200"],
    "tel. 22 123 45 67": ["+48221234567"],
    "48600100200": ["+48600100200"],
    "0048 600100200": ["+48600100200"],
    "+44 20 7946 0958": ["+442079460958"],
    "10482 1503": [],
    "order 10482 of 15.03.2026": [],
    "123456789012": [],
    "112": [],
}
AMOUNTS: Cases = {
    "199,90 zł": ["199.90 PLN"],
    "1 200 PLN": ["1200.00 PLN"],
    "1.200,50 zł": ["1200.50 PLN"],
    "€1,200.00": ["1200.00 EUR"],
    "€30": ["30.00 EUR"],
    "30 euro": ["30.00 EUR"],
    "200zl": ["200.00 PLN"],
    "2 tys. zł": ["2000.00 PLN"],
    "20 zł 50 gr": ["20.50 PLN"],
    "$20 or 15 pounds": ["20.00 USD", "15.00 GBP"],
    "zamówienie 10482 200 zł": ["200.00 PLN"],
    "50 groszy": ["0.50 PLN"],
    "dwie stówy": [],
    "złe 200": [],
    "20 złych opinii": [],
}
POSTCODES: Cases = {
    "00-950 Warszawa": ["00-950"],
    "kod pocztowy 00950": ["00-950"],
    "the postcode should be 30 001": ["30-001"],
    "10-482": ["10-482"],
    "zamówienie 10-482 na 00-950": ["00-950"],
    "00950": [],
    "22-123-45-67": [],
    "00-9501": [],
}
CODES: Cases = {
    "809": ["809"],
    "0x80070005": ["0x80070005"],
    "stop 0x0000007e": ["0x0000007E"],
    "error 691": ["691"],
    "błąd vpn 809": ["809"],
    "kod błędu 1603": ["1603"],
    "błąd, kod 1603": ["1603"],
    "zmywarka pokazuje błąd E15": ["E15"],
    "ORA-12541: no listener": ["ORA-12541"],
    "NET::ERR_CERT_DATE_INVALID": ["ERR_CERT_DATE_INVALID"],
    "I have 809 files": [],
    "error 5 times a day": [],
    "vpn od 3 dni": [],
    "150": [],
}


def _values(found: list[Found]) -> list[str]:
    return [one.value for one in found]


@pytest.mark.parametrize(("text", "values"), ORDERS.items())
def test_order_numbers_stand_alone(text: str, values: list[str]) -> None:
    assert _values(order_number.find(text)) == values


def test_another_shop_has_longer_order_numbers() -> None:
    assert _values(order_number.find("10482 and 20261125", digits=8)) == ["20261125"]


@pytest.mark.parametrize(("text", "values"), TICKETS.items())
def test_ticket_numbers_are_written_in_one_way(text: str, values: list[str]) -> None:
    assert _values(ticket_number.find(text)) == values


@pytest.mark.parametrize(("text", "values"), EMAILS.items())
def test_email_addresses(text: str, values: list[str]) -> None:
    assert _values(email.find(text)) == values


@pytest.mark.parametrize(("text", "values"), PHONES.items())
def test_telephone_numbers_are_international(text: str, values: list[str]) -> None:
    assert _values(phone.find(text)) == values


@pytest.mark.parametrize(("text", "values"), AMOUNTS.items())
def test_amounts_have_a_currency(text: str, values: list[str]) -> None:
    assert _values(amount.find(text)) == values


@pytest.mark.parametrize(("text", "values"), POSTCODES.items())
def test_postcodes_have_a_dash_or_are_called_so(text: str, values: list[str]) -> None:
    assert _values(postcode.find(text)) == values


@pytest.mark.parametrize(("text", "values"), CODES.items())
def test_error_codes_are_unmistakable_or_called_so(text: str, values: list[str]) -> None:
    assert _values(error_code.find(text)) == values


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("4111 1111 1111 1111", 1),
        ("PL61 1090 1014 0000 0712 1981 2874", 1),
        ("44051401359", 1),
        ("44051401358", 0),
        ("600 100 200", 0),
    ],
)
def test_cards_accounts_and_pesel_are_long_numbers(text: str, count: int) -> None:
    assert len(long_number.find(text)) == count
