// <script src="…/widget.js" data-desk="customer-care" async></script>: the chat as one custom element.

import { Chat } from "./chat.js";

class FirstlineChat extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const { base = "", desk = "", language } = this.dataset;
    new Chat(this.attachShadow({ mode: "open" }), { base, desk, language });
  }
}

const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
if (script && !customElements.get("firstline-chat")) {
  customElements.define("firstline-chat", FirstlineChat);
  const chat = document.createElement("firstline-chat");
  chat.dataset.base = new URL(script.src).origin;
  chat.dataset.desk = script.dataset.desk ?? "";
  if (script.dataset.language) chat.dataset.language = script.dataset.language;
  const place = () => document.body.append(chat);
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
}
