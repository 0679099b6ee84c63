"""What a macro does, in the agent's words."""

from bot.texts import MissingText, text
from bot.writing.macro import Step


def step_words(step: Step, language: str) -> str:
    """Such as “put off: until Monday”."""
    try:
        does = text(f"inbox.macro.{step.do}", language)
    except MissingText:
        return str(step)
    if not step.argument:
        return does
    try:
        argument = text(f"inbox.{step.do}.{step.argument}", language)
    except MissingText:
        argument = step.argument
    return f"{does}: {argument}"
