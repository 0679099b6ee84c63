"""The form that files a complaint about something that broke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.dates import long_date
from actions.forms.field import Choice, FreeText, Option, Reading, Value, Values, Words
from actions.forms.form import Form
from actions.forms.kinds import Moment, order_number
from actions.forms.message import Message
from actions.forms.registry import register

SHOP = "shop"
SYMPTOMS = (
    r"stopped|stops"
    r"|(?:does|did|do|is|was|are)(?:n.?t| not) (?:work|charg|turn|start|connect|switch)"
    r"|won.?t (?:turn|charge|start|switch|connect)|no longer (?:work|charg)|broke\b|broken|cracked"
    r"|flicker|overheat|crackl|leak|noise|dead\b|died|faulty|defect"
    r"|nie (?:działa|dziala|ładuje|laduje|włącza|wlacza|łączy|laczy|grzeje|chłodzi|uruchamia|gra)"
    r"|przesta[łl]|zepsu|popsu|pęk|migo|migocze|przegrzew|trzeszcz|cieknie|wyłącza|hałas|usterk"
)


@dataclass(frozen=True)
class Since(Moment):
    """When it began: a day if one was said, otherwise in the person's own words."""

    def read(self, message: Message) -> Reading:
        told = message.values("date")
        return Value(told[0]) if told else super().read(message)

    def shown(self, value: str, language: str) -> str:
        try:
            return long_date(date.fromisoformat(value), language)
        except ValueError:
            return super().shown(value, language)


def bought_online(values: Values) -> bool:
    return values.get("warranty_where") != SHOP


def bought_in_shop(values: Values) -> bool:
    return not bought_online(values)


WARRANTY = register(
    Form(
        name="warranty",
        starts=("care_warranty_claim",),
        answers=frozenset({"care_product_setup", "care_repair_status"}),
        fields=(
            # Never asked: whoever has no order number says so, or presses the button.
            Choice(
                "warranty_where",
                Words(en="bought", pl="zakup"),
                named=r"bought in|kupion\w+ w",
                needed=bought_in_shop,
                options={
                    SHOP: Option(
                        Words(en="in a shop", pl="w sklepie stacjonarnym"),
                        r"in (?:a|the|your|one of your) (?:physical )?(?:shop|store)|in[- ]store"
                        r"|stacjonarn|w salonie|w (?:waszym )?sklepie(?! internet)",
                    )
                },
            ),
            order_number(resets=("warranty_product",), needed=bought_online),
            FreeText(
                "warranty_product",
                Words(en="product", pl="produkt"),
                named=r"product|item|produkt|sprzęt",
                least=2,
                most=200,
            ),
            FreeText(
                "warranty_problem",
                Words(en="what is wrong", pl="co się dzieje"),
                named=r"problem|description|opis|usterk",
                least=5,
                telling=SYMPTOMS,
            ),
            Since(
                "warranty_since",
                Words(en="since", pl="od kiedy"),
                named=r"since|od kiedy|data",
                least=1,
                most=100,
                optional=True,
            ),
        ),
    )
)
