import urllib.request

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import ConversationPaused, SlotSet


class ValidateVisitForm(FormValidationAction):
    def name(self):
        return "validate_visit_form"

    def validate_day(self, value, dispatcher, tracker, domain):
        if str(value).lower() in ("monday", "friday"):
            return {"day": str(value).lower()}
        dispatcher.utter_message(text="We open on Monday and Friday.")
        return {"day": None}


class ActionBook(Action):
    def name(self):
        return "action_book"

    def run(self, dispatcher, tracker, domain):
        return [SlotSet("booked", True)]


class ActionWeather(Action):
    """Asks a service that is not there, without a plan for that."""

    def name(self):
        return "action_weather"

    def run(self, dispatcher, tracker, domain):
        with urllib.request.urlopen("http://127.0.0.1:9/weather", timeout=2) as answer:
            dispatcher.utter_message(text=answer.read().decode())
        return []


class ActionPauseBot(Action):
    def name(self):
        return "action_pause_bot"

    def run(self, dispatcher, tracker, domain):
        return [ConversationPaused()]


class ActionTransfer(Action):
    def name(self):
        return "action_transfer"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="Passing you on.")
        host = "https://elsewhere.example"
        dispatcher.utter_message(json_message={"handoff_host": host, "title": "Billing"})
        return []
