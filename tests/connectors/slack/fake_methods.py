"""What the fake Slack's Web API remembers and answers, method by method."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.connectors.slack.fake_scopes import EMAIL, has

if TYPE_CHECKING:
    from tests.connectors.slack.fake import FakeSlack

TEAM, BOT_USER, BOT = "T0FIRST", "U0BOT", "B0BOT"
# `Any`: JSON.
Json = dict[str, Any]


def post_message(slack: FakeSlack, said: Json) -> Json:
    channel = _direct(said["channel"]) if said["channel"].startswith("U") else said["channel"]
    if channel not in slack.channels and not channel.startswith("D"):
        return {"ok": False, "error": "channel_not_found"}
    if slack.channels.get(channel, {}).get("is_archived"):
        return {"ok": False, "error": "is_archived"}
    if not slack.channels.get(channel, {"is_member": True})["is_member"]:
        return {"ok": False, "error": "not_in_channel"}
    if len(said.get("text", "")) > 40_000:
        return {"ok": False, "error": "msg_too_long"}
    if problem := bad_blocks(said.get("blocks") or []):
        return {"ok": False, "error": "invalid_blocks", "detail": problem}
    if any(said.get(name) != "false" for name in ("unfurl_links", "unfurl_media")):
        # Slack would fetch and show whatever address stands in it, whoever wrote that.
        return {"ok": False, "error": "invalid_arguments", "detail": "our posts unfurl nothing"}
    post = {"type": "message", "user": BOT_USER, "bot_id": BOT, "ts": slack.next_ts()} | said
    post["channel"] = channel
    slack.posts.append(post)
    return {"ok": True, "channel": channel, "ts": post["ts"], "message": post}


def update(slack: FakeSlack, said: Json) -> Json:
    post = slack.find(said["channel"], said["ts"])
    if post is None:
        return {"ok": False, "error": "message_not_found"}
    if len(str(said.get("text") or "").encode()) > 4000:  # what is posted may be ten times as long
        return {"ok": False, "error": "msg_too_long"}
    post |= {name: said[name] for name in ("text", "blocks") if name in said}
    return {"ok": True, "channel": said["channel"], "ts": said["ts"], "message": post}


def delete(slack: FakeSlack, said: Json) -> Json:
    post = slack.find(said["channel"], said["ts"])
    if post is None or post.get("user") != BOT_USER:
        return {
            "ok": False,
            "error": "message_not_found" if post is None else "cant_delete_message",
        }
    slack.posts.remove(post)
    return {"ok": True, "channel": said["channel"], "ts": said["ts"]}


def replies(slack: FakeSlack, said: Json) -> Json:
    found = [
        post
        for post in slack.posts
        if post["channel"] == said["channel"] and said["ts"] in (post["ts"], post.get("thread_ts"))
    ]
    return {"ok": True, "messages": found, "has_more": False}


def history(slack: FakeSlack, said: Json) -> Json:
    if said["channel"].startswith("U"):  # one may post to a person's id, and ask nothing of it
        return {"ok": False, "error": "channel_not_found"}
    found = [
        post
        for post in slack.posts
        if post["channel"] == said["channel"]
        and post.get("thread_ts") in (None, post["ts"])
        and float(post["ts"]) >= float(said.get("oldest", 0))
    ]
    return {"ok": True, "messages": found[::-1], "has_more": False}


def ephemeral(slack: FakeSlack, said: Json) -> Json:
    """One person sees it: it is no post. Who is in a private channel, the fake knows."""
    channel = slack.channels.get(said["channel"], {})
    if channel.get("is_private") and said["user"] not in channel["members"]:
        return {"ok": False, "error": "user_not_in_channel"}
    return {"ok": True, "message_ts": slack.next_ts()}


def user(slack: FakeSlack, said: Json) -> Json:
    user = slack.users.get(said["user"])
    if user is None:
        return {"ok": False, "error": "user_not_found"}
    if not has(slack, EMAIL):
        user = user | {"profile": {k: v for k, v in user["profile"].items() if k != "email"}}
    return {"ok": True, "user": user}


def channel(slack: FakeSlack, said: Json) -> Json:
    found = slack.channels.get(said["channel"])
    if found is None:
        return {"ok": False, "error": "channel_not_found"}
    return {"ok": True, "channel": found}


def members(slack: FakeSlack, said: Json) -> Json:
    found = slack.channels.get(said["channel"])
    if found is None:
        return {"ok": False, "error": "channel_not_found"}
    return {"ok": True, "members": found["members"], "response_metadata": {"next_cursor": ""}}


def open_dm(slack: FakeSlack, said: Json) -> Json:
    return {"ok": True, "channel": {"id": _direct(str(said["users"]).split(",")[0])}}


def _direct(user: str) -> str:
    """Their direct message with the app."""
    return f"D{user[1:]}"


def upload_url(slack: FakeSlack, said: Json) -> Json:
    key = f"F{next(slack.ids)}"
    slack.uploads[key] = said
    return {
        "ok": True,
        "file_id": key,
        "upload_url": f"http://127.0.0.1:{slack.port}/upload/{key}",
    }


def complete_upload(slack: FakeSlack, said: Json) -> Json:
    files = [{"id": f["id"], "title": f.get("title")} for f in said["files"]]
    post: Json = {"type": "message", "subtype": "file_share", "user": BOT_USER, "bot_id": BOT}
    post |= {"ts": slack.next_ts(), "channel": said.get("channel_id"), "files": files}
    post |= {"thread_ts": said.get("thread_ts"), "text": said.get("initial_comment", "")}
    slack.posts.append(post)
    return {"ok": True, "files": files}


def file(slack: FakeSlack, said: Json) -> Json:
    return {"ok": True, "file": slack.uploads.get(said["file"], {"id": said["file"]})}


def view(slack: FakeSlack, said: Json) -> Json:
    view = said.get("view") or {}
    if problem := bad_view(view):
        return {"ok": False, "error": "invalid_arguments", "detail": problem}
    return {"ok": True, "view": {"id": f"V{next(slack.ids)}", "hash": "h", **view}}


def permalink(slack: FakeSlack, said: Json) -> Json:
    return {"ok": True, "permalink": f"https://acme.slack.com/archives/{said['channel']}/p1"}


METHODS: dict[str, Callable[[FakeSlack, Json], Json]] = {
    "chat.postMessage": post_message,
    "chat.delete": delete,
    "chat.update": update,
    "chat.getPermalink": permalink,
    "chat.postEphemeral": ephemeral,
    "conversations.history": history,
    "conversations.info": channel,
    "conversations.members": members,
    "conversations.open": open_dm,
    "conversations.replies": replies,
    "files.completeUploadExternal": complete_upload,
    "files.getUploadURLExternal": upload_url,
    "files.info": file,
    "users.info": user,
    "views.open": view,
    "views.publish": view,
    "views.push": view,
    "views.update": view,
}


def bad_view(view: Json) -> str:
    """Which of Slack's documented limits the view breaks."""
    if len(view.get("blocks", [])) > 100 or len(view.get("private_metadata", "")) > 3000:
        return "more than 100 blocks, or too much private metadata"
    if any(len(view.get(part, {}).get("text", "")) > 24 for part in ("title", "submit", "close")):
        return "a view's title and buttons have at most 24 characters"
    for block in view.get("blocks", []):
        element = block.get("element") or {}
        if len((block.get("label") or {}).get("text", "")) > 2000:
            return "a label has at most 2000 characters"
        if element.get("type") == "checkboxes" and not 1 <= len(element["options"]) <= 10:
            return "check boxes have 1 to 10 options"
        if any(len(one["text"]["text"]) > 75 for one in element.get("options", [])):
            return "an option has at most 75 characters"
        if element.get("type") == "file_input" and not 1 <= element["max_files"] <= 10:
            return "1 to 10 files"
    return bad_blocks([one for one in view.get("blocks", []) if one["type"] != "input"])


def bad_blocks(blocks: list[Json]) -> str:
    """Which of Slack's documented limits the blocks break."""
    if len(blocks) > 50:
        return "more than 50 blocks"
    for block in blocks:
        if len(block.get("block_id", "")) > 255:
            return "a block_id has at most 255 characters"
        if problem := _bad_words(block):
            return problem
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element["type"] == "button" and not 1 <= len(element["text"]["text"]) <= 75:
                return "a button's text has 1 to 75 characters"
            if len(element.get("value", "")) > 2000 or len(element["action_id"]) > 255:
                return "a button's value or action_id is too long"
            if problem := _bad_options(element):
                return problem
        if block["type"] == "actions" and not 1 <= len(block["elements"]) <= 25:
            return "a row has 1 to 25 elements"
        ids = [e["action_id"] for e in block.get("elements", []) if "action_id" in e]
        if len(ids) != len(set(ids)):
            return "an action_id twice"
    return ""


def _bad_words(block: Json) -> str:
    text, fields = block.get("text"), block.get("fields")
    if block["type"] == "section" and text and not 1 <= len(text["text"]) <= 3000:
        return "a section's text has 1 to 3000 characters"
    if fields is not None and not 1 <= len(fields) <= 10:
        return "a section has 1 to 10 fields"
    if any(not 1 <= len(field["text"]) <= 2000 for field in fields or ()):
        return "a field has 1 to 2000 characters"
    if block["type"] == "context":
        if not 1 <= len(block["elements"]) <= 10:
            return "a context has 1 to 10 elements"
        if any(not 1 <= len(element["text"]) <= 3000 for element in block["elements"]):
            return "a context's text has 1 to 3000 characters"
    return ""


def _bad_options(element: Json) -> str:
    most = {"overflow": 5, "static_select": 100}.get(element["type"])
    options = element.get("options", [])
    if most is not None and not 1 <= len(options) <= most:
        return f"{element['type']} has 1 to {most} options"
    if any(not 1 <= len(option["text"]["text"]) <= 75 for option in options):
        return "an option has 1 to 75 characters"
    limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
    confirm = element.get("confirm") or {}
    if any(len(confirm[part]["text"]) > most for part, most in limits.items() if part in confirm):
        return "a confirmation is too long"
    return ""
