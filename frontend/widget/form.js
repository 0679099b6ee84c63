// The form before the chat, fetched when a desk has one: what is asked, and what is wrong with it.

import texts from "texts";
import { element, linked } from "./dom.js";
import style from "./form.css";
import { dress } from "./sheets.js";

const CONSENT = "consent";
const TYPES = { email: "email", phone: "tel" };

/** @typedef {import("./intake.js").Words} Words */
/** @typedef {import("./intake.js").Field} Field */

export class Form {
  /** @param {import("./chat.js").Chat} chat @param {HTMLElement} sheet @param {() => void} onDone */
  constructor(chat, sheet, onDone) {
    this.chat = chat;
    this.sheet = sheet;
    this.onDone = onDone;
    this.drawn = "";
    dress(/** @type {ShadowRoot} */ (chat.host.shadowRoot), style);
  }

  get settings() {
    return this.chat.appearance.settings;
  }

  /** @param {string} key */
  say(key) {
    const { language } = this.chat.state;
    return this.chat.appearance.text(key, language) ?? texts[language][key];
  }

  draw() {
    const { language } = this.chat.state;
    const wanted = `${language} ${this.settings.form_version}`;
    if (this.drawn === wanted) return;
    this.drawn = wanted;
    this.fill(language);
  }

  /** @param {string} language */
  fill(language) {
    const { chat } = this;
    const hadFocus = this.sheet.matches(":focus-within");
    const kept = this.answers(); // of the other language
    const { form = [], consent } = this.settings;
    const rows = form.map((field) => this.row(field, language));
    const agreed = element("input", { type: "checkbox", id: CONSENT });
    const agree = element("label", { htmlFor: CONSENT, className: "agree" }, agreed, element("span", {}, ...linked(consent?.[language] ?? "")));
    const send = element("button", { type: "submit", className: "primary" }, this.say("form_start"));
    this.problem = element("div", { className: "problem", role: "alert" });
    const made = element("form", { noValidate: true }, ...rows, ...(consent ? [agree, told(CONSENT)] : []), this.problem, element("div", { className: "choices" }, send));
    made.onsubmit = (event) => {
      event.preventDefault();
      void this.submit();
    };
    this.sheet.replaceChildren(element("div", {}, chat.say("welcome")), made);
    for (const [key, value] of Object.entries(kept)) this.field(key).value = value;
    if (hadFocus) this.focus();
  }

  /** @param {Field} field @param {string} language */
  row({ key, label, kind, required, options = [] }, language) {
    const id = `form-${key}`;
    const choices = options.map((option) => element("option", { value: option.value }, option.label[language]));
    const type = TYPES[/** @type {keyof typeof TYPES} */ (kind)];
    const input = choices.length
      ? element("select", { id }, element("option", { value: "" }), ...choices)
      : element("input", { id, type: type ?? "text", autocomplete: type ?? "on" });
    input.setAttribute("aria-describedby", `told-${key}`);
    input.required = Boolean(required);
    return element("div", {}, element("label", { htmlFor: id }, label[language], required ? " *" : ""), input, told(key));
  }

  /** @param {string} key @returns {HTMLInputElement} */
  field(key) {
    return /** @type {HTMLInputElement} */ (this.sheet.querySelector(key === CONSENT ? `#${key}` : `#form-${key}`));
  }

  answers() {
    const filled = (this.settings.form ?? []).filter(({ key }) => this.field(key));
    return Object.fromEntries(filled.map(({ key }) => [key, this.field(key).value.trim()]));
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.sheet.querySelector("[aria-invalid=true], input, select"))?.focus();
  }

  /** What a browser can tell by itself. @param {Words} answers @param {boolean} consent @returns {Words} */
  check(answers, consent) {
    const { settings } = this;
    const wrong = (settings.form ?? []).flatMap(({ key, kind, required }) => {
      const bad = answers[key] ? !this.field(key).checkValidity() && `form_${kind}` : required && "form_required";
      return bad ? [[key, this.say(bad)]] : [];
    });
    if (settings.consent && !consent) wrong.push([CONSENT, this.say("form_consent")]);
    return Object.fromEntries(wrong);
  }

  async submit() {
    const { chat } = this;
    const answers = this.answers();
    const consent = Boolean(this.field(CONSENT)?.checked);
    let wrong = this.check(answers, consent);
    let said;
    if (!Object.keys(wrong).length) {
      said = await chat.connection.post("/widget/form", { answers, consent, language: chat.state.language });
      wrong = said?.error?.fields ?? {};
    }
    if (said?.form === "done") return this.onDone();
    for (const { id, previousElementSibling: before } of this.sheet.querySelectorAll(".told")) {
      const words = wrong[id.slice(5)];
      /** @type {HTMLElement} */ (this.sheet.querySelector(`#${id}`)).textContent = words ?? "";
      before?.setAttribute("aria-invalid", String(Boolean(words)));
    }
    if (this.problem) this.problem.textContent = Object.keys(wrong).length ? "" : (said?.error?.message ?? chat.say("not_done"));
    this.focus();
  }
}

/** Where a field's problem stands. @param {string} key */
function told(key) {
  return element("div", { className: "problem told", id: `told-${key}` });
}
