"""The form that starts a return."""

from __future__ import annotations

from actions.forms.field import Choice, FreeText, Option, Words
from actions.forms.form import Form
from actions.forms.kinds import order_number
from actions.forms.registry import register

REASON = Choice(
    "return_reason",
    Words(en="reason", pl="powód"),
    named=r"reason|pow[oó]d",
    optional=True,
    options={
        "faulty": Option(
            Words(en="it is faulty", pl="jest wadliwe"),
            r"faulty|broken|defective|damaged|does(?:n.?t| not) work|not working|it is faulty"
            r"|wad|zepsu|uszkod|nie działa|nie dziala|jest wadliw",
        ),
        "different": Option(
            Words(en="it is not as described", pl="jest inne niż w opisie"),
            r"not as described|different|not what i|wrong (?:colou?r|size|model)"
            r"|inn[eya] niż|niezgodn|nie taki|nie zgadza si",
        ),
        "unwanted": Option(
            Words(en="I changed my mind", pl="zmiana decyzji"),
            r"chang\w+ my mind|don.?t (?:want|need|like)|do not (?:want|need|like)|no longer need"
            r"|rozmyśl|rozmysl|nie chcę|nie chce|nie potrzeb|nie podoba|nie pasuje",
        ),
        "other": Option(
            Words(en="another reason", pl="inny powód"),
            r"another reason|other reason|something else|inny powód|coś innego",
        ),
    },
)
CONDITION = Choice(
    "return_condition",
    Words(en="condition", pl="stan"),
    named=r"condition|stan\b|opakowani",
    options={
        "unopened": Option(
            Words(en="unopened", pl="nieotwarte"),
            r"unopened|sealed|not (?:been )?opened|never opened|still (?:closed|in the box)"
            r"|haven.?t opened|nieotw|zaplombowan|zafoliowan|nie (?:był[oay]? )?otw",
        ),
        "opened": Option(
            Words(en="opened", pl="otwarte"),
            r"(?<!not )(?<!never )(?<!been )(?<!n't )(?:opened|unsealed|unpacked|used|tried)"
            r"|(?<!nie )(?:otwart|otworzy|rozpakowan|używan|rozpieczęt)",
        ),
    },
)
RETURN = register(
    Form(
        name="return",
        starts=("care_return_item",),
        fields=(
            order_number(resets=("return_item",)),
            FreeText(
                "return_item",
                Words(en="item", pl="produkt"),
                named=r"item|product|produkt|rzecz",
                least=1,
                most=200,
            ),
            REASON,
            CONDITION,
        ),
    )
)
