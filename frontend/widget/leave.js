// A message for people, and where to reach the customer: outside hours, or instead of waiting.

import { element } from "./dom.js";

/** As the desk reads it: an e-mail address, or seven digits and more. */
const CONTACT = /[^\s@]+@[^\s@]+\.[^\s@]+|\d(\D{0,2}\d){6,}/;

/** @typedef {{contact: string, name?: string, text?: string}} Left */

export class Leave {
  /** @param {import("./chat.js").Chat} chat @param {import("./view.js").Say} say @param {HTMLElement} sheet */
  constructor(chat, say, sheet) {
    this.chat = chat;
    this.say = say;
    this.sheet = sheet;
    this.sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  /** @param {Left} [left] what was refused, to be mended @param {string} [problem] */
  ask(left, problem = "") {
    const { chat, say } = this;
    const { waits } = chat.hours;
    const text = element("textarea", { id: "left", rows: 3, maxLength: chat.state.limit, value: left?.text ?? "" });
    const contact = element("input", { id: "contact", maxLength: 200, autocomplete: "email", value: left?.contact ?? "" });
    const name = element("input", { id: "name", maxLength: 100, autocomplete: "name", value: left?.name ?? "" });
    const told = element("div", { role: "alert", className: "problem", id: "left-problem" }, problem);
    /** @param {string} key @param {HTMLElement} field */
    const labelled = (key, field) => {
      field.setAttribute("aria-describedby", told.id);
      return element("label", { htmlFor: field.id }, say(key), field);
    };
    const send = element("button", { type: "submit", className: "primary" }, say("send"));
    const close = element("button", { type: "button", className: "quiet" }, say("dismiss"));
    close.onclick = () => this.close();
    const fields = [labelled("contact", contact)];
    if (!waits) fields.unshift(labelled("left", text)), fields.push(labelled("your_name", name));
    const heading = say(waits ? "leave_contact" : "leave");
    const form = element(
      "form",
      { noValidate: true, "aria-label": heading },
      element("strong", {}, heading), ...fields, told, element("div", { className: "choices" }, send, close),
    );
    /** @param {HTMLElement} field @param {string} key */
    const refuse = (field, key) => {
      told.textContent = say(key);
      field.focus();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (!waits && !text.value.trim()) return refuse(text, "left_missing");
      if (!CONTACT.test(contact.value)) return refuse(contact, "contact_missing");
      this.close();
      const said = { contact: contact.value.trim(), name: name.value.trim(), text: text.value.trim() || contact.value.trim() };
      chat.dispatch({ type: "leave", ...said });
    };
    this.sheet.replaceChildren(form);
    this.sheet.hidden = false;
    (problem || waits ? contact : text).focus();
  }

  close() {
    this.sheet.hidden = true;
    this.chat.view.rest();
  }
}
