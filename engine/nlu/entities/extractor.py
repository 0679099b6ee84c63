"""The entities of a support desk as a component of the pipeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

from engine.nlu.entities.found import Found
from engine.nlu.entities.lookup import Lookup, names_of
from engine.nlu.entities.search import KINDS, NAMED, Search

FILE = "names.json"
Names = dict[str, dict[str, str]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SupportEntities(GraphComponent, EntityExtractorMixin):
    """Finds what messages name, and normalises it; `raw` is what was written.

    Training only reads the lookup tables `product`, `device`, `application` and `country`, and the
    synonyms of their elements. Values: order_number "10482", ticket_number "INC-20417", email,
    phone "+48600100200", amount "199.90 PLN", date "2026-12-01", time "14:30", postcode "00-950",
    error_code "0x80070005", country "DE"; product, device, application: the element of the table.

    Options: `kinds`, which of them to look for (all); `order_number_digits` (5); `ticket_prefixes`
    (INC, REQ); `phone_region`, the country of numbers without a prefix (PL); `time_zone`, where
    "tomorrow" is (Europe/Warsaw); `desks`, kinds that only one desk has ({product: shop}): a
    message of another known desk is not searched for them.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "kinds": list(KINDS),
            "order_number_digits": 5,
            "ticket_prefixes": ["INC", "REQ"],
            "phone_region": "PL",
            "time_zone": "Europe/Warsaw",
            "desks": {},
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        names: Names | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._zone = ZoneInfo(config["time_zone"])
        self._desk_of: dict[str, str] = dict(config["desks"])
        self._search = _search(config, names or {})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SupportEntities:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Remembers the names of the lookup tables."""
        names: Names = {kind: {} for kind in NAMED}
        for table in training_data.lookup_tables:
            if table["name"] in names:
                elements = table["elements"]
                listed = [elements] if isinstance(elements, str) else elements
                names[table["name"]] |= names_of(listed, training_data.entity_synonyms)
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / FILE, names)
        self._search = _search(self._config, names)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> SupportEntities:
        with model_storage.read_from(resource) as folder:
            names = read_json_file(folder / FILE)
        return cls(config, model_storage, resource, names)

    def process(self, messages: list[Message]) -> list[Message]:
        today = datetime.now(tz=self._zone).date()
        for message in messages:
            desk = (message.get("metadata") or {}).get("desk")
            found = self._search.find(message.get(TEXT) or "", today, self._kinds_at(desk))
            mine = self.add_extractor_name([_entity(kind, one) for kind, one in found])
            message.set(ENTITIES, message.get(ENTITIES, []) + mine, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples know their entities."""
        return training_data

    def _kinds_at(self, desk: str | None) -> tuple[str, ...]:
        if desk not in self._desk_of.values():
            return self._search.kinds
        return tuple(kind for kind in self._search.kinds if self._desk_of.get(kind, desk) == desk)


def _search(config: dict[str, Any], names: Names) -> Search:
    unknown = [kind for kind in (*config["kinds"], *config["desks"]) if kind not in KINDS]
    if unknown:
        raise InvalidConfigException(
            f"SupportEntities knows no {', '.join(unknown)}. Its kinds: {', '.join(KINDS)}."
        )
    return Search(
        kinds=tuple(config["kinds"]),
        order_number_digits=int(config["order_number_digits"]),
        ticket_prefixes=tuple(config["ticket_prefixes"]),
        phone_region=config["phone_region"],
        lookups={kind: Lookup(named) for kind, named in names.items() if named},
    )


def _entity(kind: str, found: Found) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: kind,
        ENTITY_ATTRIBUTE_START: found.start,
        ENTITY_ATTRIBUTE_END: found.end,
        ENTITY_ATTRIBUTE_VALUE: found.value,
        "raw": found.text,
    }
