from rasa_sdk import Action
from rasa_sdk.events import ActionExecuted, ReminderScheduled, SessionStarted
import datetime


class ActionSessionStart(Action):
    def name(self):
        return "action_session_start"

    async def run(self, dispatcher, tracker, domain):
        metadata = tracker.get_slot("session_started_metadata") or {}
        dispatcher.utter_message(response="utter_welcome")
        dispatcher.utter_message(text=f"desk {metadata.get('desk')}")
        return [SessionStarted(), ActionExecuted("action_listen")]


class ActionRecommend(Action):
    def name(self):
        return "action_recommend"

    def run(self, dispatcher, tracker, domain):
        intent = tracker.get_intent_of_latest_message()
        said = [event["text"] for event in tracker.events if event["event"] == "bot"]
        dispatcher.utter_message(text=f"Take this one: {intent} ({'Which shelf?' in said})")
        dispatcher.utter_message(attachment="https://library.example/map.pdf")
        later = datetime.datetime.now() + datetime.timedelta(seconds=1)
        return [ReminderScheduled("hello", trigger_date_time=later, name="bring it back")]


class ActionListenOnly(Action):
    def name(self):
        return "action_listen_only"

    def run(self, dispatcher, tracker, domain):
        return []
