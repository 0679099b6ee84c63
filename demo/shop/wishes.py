"""What customers may ask of the shop, as it comes in."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

Text = Annotated[str, Field(min_length=1, max_length=500)]
OrderNumber = Annotated[str, Field(pattern=r"^[0-9]{5}$")]


class ReturnWish(BaseModel):
    """Send these items back."""

    items: Annotated[list[Text], Field(min_length=1, max_length=20)]
    reason: Literal["faulty", "different", "unwanted", "other"] | None = None
    condition: Literal["opened", "unopened"]


class Address(BaseModel):
    """A place in Poland."""

    street: Annotated[str, Field(min_length=3, max_length=120, pattern=r"\d")]
    postcode: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{3}$")]
    city: Annotated[str, Field(min_length=2, max_length=60)]


class Claim(BaseModel):
    """Something broke; bought online (with its order) or in one of the shops."""

    bought: Literal["online", "shop"]
    order_number: OrderNumber | None = None
    product: Text
    problem: Text
    since: Text | None = None

    @model_validator(mode="after")
    def _has_its_order(self) -> Self:
        if (self.bought == "online") != (self.order_number is not None):
            raise ValueError("an online purchase has an order number, one in a shop has none")
        return self


class Callback(BaseModel):
    """Please phone me then."""

    phone: Annotated[str, Field(pattern=r"^\+[0-9]{8,15}$")]
    day: date
    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    topic: Text
