"""The form toolkit: a form is a short declaration, and the toolkit does the talking around it.

1. Declare the form in a file that imports nothing of Rasa (`Form`, with fields of `field.py` and
   `kinds.py`), so that its rules can be tested without an engine.
2. Derive `FormValidation` (its `check` asks your systems about a value) and `FormEnd` (its
   `finish` does what the form is for) in another file.
3. domain.yml: the form with its fields and `form_confirmed` as `required_slots`, the slots
   (`type: custom` mappings, `influence_conversation: false`), the two actions.
4. data/rules/<name>.yml: an intent starts the form; `action_<name>_done` follows its end.
5. data/responses/<language>/form_<name>.yml: `utter_ask_<slot>` (choices are buttons that carry
   `{"choice": "<slot>=<value>"}`), `utter_<says>_wrong` with {given}, `utter_<says>_where` for
   "I don't know", `utter_<name>_summary` with {summary}, and what `check` and `finish` say.
6. bot/texts/facts.toml: what an agent reads for each slot (`[inbox.fact]`).

The third try in vain at one question hands over (`handing_over.py`): no form asks for ever.

`tests/actions/test_declarations.py` finds every form and says what is missing.
"""
