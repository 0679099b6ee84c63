"""What an employee answers to each IT form, in both languages."""

from dataclasses import dataclass

from tests.dialogue import Dialogue, texts


@dataclass(frozen=True)
class Told:
    """One question of a form: its slot, a good answer in each language, one that cannot be."""

    slot: str
    en: str
    pl: str
    wrong: str | None = None
    optional: bool = False

    def good(self, language: str) -> str:
        return self.pl if language == "pl" else self.en


@dataclass(frozen=True)
class Case:
    """A form: what starts it, its questions in order, and what its end says."""

    name: str
    en: str
    pl: str
    questions: tuple[Told, ...]
    done: str

    def start(self, dialogue: Dialogue) -> None:
        dialogue.say(self.pl if dialogue.language == "pl" else self.en)

    def fill(self, dialogue: Dialogue, *, until: str | None = None) -> str:
        """Answers every question before this one, or all; what the bot said last."""
        self.start(dialogue)
        said = ""
        for told in self.questions:
            if told.slot == until:
                break
            said = give(dialogue, told.good(dialogue.language))
        return said


def give(dialogue: Dialogue, answer: str) -> str:
    """A button's payload begins with a slash."""
    reply = dialogue.press(answer) if answer.startswith("/") else dialogue.say(answer)
    return texts(reply)[-1]


EMAIL = "anna.nowak@volta.example"
MANAGER = "piotr.lis@volta.example"
CASES = (
    Case(
        name="password_reset",
        en="I can't remember my password, please reset it",
        pl="nie pamiętam hasła, proszę o reset",
        questions=(
            Told("password_app", "no", "nie"),
            Told("password_email", EMAIL, f"mój mail to {EMAIL}", wrong="anna@volta"),
            Told("password_employee_number", "204817", "nr 204817", wrong="20481"),
            Told("password_send_to", "to my phone", "na telefon", wrong="3"),
        ),
        done="••• 217",
    ),
    Case(
        name="mfa_reset",
        en="I bought a new phone, how do I set up the authenticator",
        pl="mam nowy telefon, jak ustawić authenticatora",
        questions=(
            Told("mfa_phone", "it is broken", "jest zepsuty", wrong="7"),
            Told("mfa_email", EMAIL, EMAIL, wrong="anna@volta"),
            Told("mfa_employee_number", "204817", "204817", wrong="2048171"),
        ),
        done="p•••@volta.example",
    ),
    Case(
        name="access_request",
        en="I need access to a system",
        pl="potrzebuję dostępu do systemu",
        questions=(
            Told("access_system", "CRM", "CRM", wrong="x"),
            Told("access_level", "read and write", "odczyt i zapis", wrong="9"),
            Told(
                "access_reason",
                *("I look after the customers of my region", "obsługuję klientów z regionu"),
                wrong="x",
            ),
            Told("access_email", EMAIL, EMAIL, wrong="anna@volta"),
            Told("access_manager", MANAGER, MANAGER, wrong="piotr@volta"),
        ),
        done="sales.systems@volta.example",
    ),
    Case(
        name="hardware_request",
        en="I would like to order new equipment",
        pl="chciałbym zamówić nowy sprzęt",
        questions=(
            Told("hardware_device", "a 27-inch monitor", "monitor 27 cali", wrong="x"),
            Told(
                "hardware_reason",
                *("two documents side by side", "dwa dokumenty obok siebie"),
                wrong="x",
            ),
            Told("hardware_needed_on", "tomorrow", "jutro", wrong="45.13.", optional=True),
            Told("hardware_place", "Warsaw, floor 3", "Warszawa, piętro 3", wrong="x"),
            Told("hardware_email", EMAIL, EMAIL, wrong="anna@volta"),
        ),
        done="REQ-",
    ),
    Case(
        name="incident_report",
        en="I want to report an incident",
        pl="chcę zgłosić incydent",
        questions=(
            Told(
                "incident_summary",
                *("SAP closes when I save an order", "SAP zamyka się przy zapisie"),
                wrong="x",
            ),
            Told("incident_since", "since this morning", "od rana", optional=True),
            Told("incident_affected", "12 people", "tylko ja", wrong="0"),
            Told("incident_contact", EMAIL, "600 100 217", wrong="12@"),
        ),
        done="INC-",
    ),
)
