"""Amounts as people write them: 1,899 zł, 1899 zł. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def amount_in_words(amount: str, language: str) -> str:
    """The amount in złoty; what is no number stays as it is."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return amount or "-"
    digits = 0 if value == value.to_integral_value() else 2
    text = f"{value:,.{digits}f}"
    if language == "pl":
        text = text.replace(",", " ").replace(".", ",")
        text = text.replace(" ", "") if value < 10_000 else text
    return f"{text} zł"
