// <script src="…/widget.js" data-desk="customer-care" async></script>: the chat as one custom element.

import { publish } from "./api.js";
import { Chat } from "./chat.js";

const TAG = "firstline-chat";

class FirstlineChat extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return; // moved by the page
    const { base = "", desk = "" } = this.dataset;
    const chat = new Chat(this.attachShadow({ mode: "open" }), { base, desk, attributes: this.dataset });
    // To the page, whoever types in here types on no field: its shortcuts would take every letter.
    for (const type of ["keydown", "keypress", "keyup", "paste", "drop"]) {
      chat.view.panel.addEventListener(type, (event) => event.stopPropagation());
    }
    publish(chat);
  }
}

const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript ?? document.querySelector("script[data-desk]")
);
if (script) start(script);

/** @param {HTMLScriptElement} script */
function start({ src, dataset }) {
  if (!customElements.get(TAG)) customElements.define(TAG, FirstlineChat);
  const place = () => {
    const others = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(TAG))];
    // The script twice is one chat; another desk is another one, beside it.
    if (others.some((chat) => chat.dataset.desk === (dataset.desk ?? ""))) return;
    const chat = document.createElement(TAG);
    Object.assign(chat.dataset, dataset, { base: new URL(src).origin });
    // In the order of the page: the scripts themselves come in any.
    const tags = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("script[data-desk]"))];
    const beside = [...new Set(tags.map((tag) => tag.dataset.desk))].indexOf(dataset.desk);
    if (beside > 0) chat.dataset.beside = String(beside);
    document.body.append(chat);
  };
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
}
