"""One schedule: who writes what, which faults strike when. The same seed makes the same one."""

import random
from dataclasses import dataclass

SECONDS = 0.5  # the time in which faults strike


@dataclass(frozen=True)
class Strike:
    """A fault, when it strikes (seconds after the beginning), and the seed of its choices."""

    fault: str
    at: float
    seed: int


@dataclass(frozen=True)
class Schedule:
    """`customers`: messages of each web customer; `vendor`: of the vendor's."""

    number: int
    seed: int
    customers: tuple[int, ...]
    vendor: int
    gap: float  # seconds between a customer's messages, at most
    ends_with: str  # what the agent does last: close, return_to_bot or release
    agents_for_vendor: bool
    duplicates: bool  # the vendor delivers each event twice
    reorders: bool  # and in any order
    pairs: bool
    is_real: bool  # the engine is the real one, which wants words
    strikes: tuple[Strike, ...]

    @property
    def name(self) -> str:
        """No other schedule of a world has it: else its messages would be known already."""
        return f"{'r' if self.is_real else 's'}{self.seed}n{self.number}"

    def chance(self, what: str) -> random.Random:
        """A source of choices for a part of this schedule."""
        return random.Random(f"{self.seed}:{self.number}:{what}")  # noqa: S311 - repeatable


def make_schedule(
    seed: int, number: int, faults: list[str], *, is_real: bool = False, pairs: bool = False
) -> Schedule:
    """Every other schedule has one fault, in turn; the others two or three at random.

    `pairs`: two in turn in each, so that half as many schedules have them all.
    """
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - repeatable
    if pairs:
        chosen = [faults[(2 * number + one) % len(faults)] for one in range(2)]
    elif is_real:
        chosen = [faults[number % len(faults)]]
    elif number % 2 == 0:
        chosen = [faults[(number // 2) % len(faults)]]
    else:
        chosen = chance.sample(faults, k=min(len(faults), chance.choice((2, 2, 3))))
    return Schedule(
        number=number,
        seed=seed,
        customers=tuple(chance.randint(2, 4) for _ in range(2)),
        vendor=chance.randint(2, 4),
        gap=chance.choice((0.0, 0.05, 0.12)),
        ends_with=chance.choice(("close", "return_to_bot", "release")),
        agents_for_vendor=chance.random() < 0.3,
        duplicates="vendor.duplicates" in chosen or chance.random() < 0.2,
        reorders="vendor.reorders" in chosen,
        pairs=pairs,
        is_real=is_real,
        strikes=tuple(
            # A trap waits for its victim, so it is set at once.
            Strike(
                fault,
                0.0 if "@" in fault else round(chance.uniform(0.0, SECONDS), 3),
                chance.getrandbits(32),
            )
            for fault in chosen
        ),
    )
