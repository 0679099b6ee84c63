// What the owner of the site chose: by attributes of the script tag, else by the desk's configuration.

import { css, readable, rgb, textOn, WHITE } from "./colors.js";
import { element } from "./dom.js";
import { dress } from "./sheets.js";

// Surface, sunken surface, the bot's bubble: as in style.css.
const GROUNDS = {
  light: [[255, 255, 255], [244, 246, 246], [237, 243, 242]],
  dark: [[22, 29, 28], [16, 22, 21], [35, 45, 43]],
};

/**
 * @typedef {Record<string, string>} Words  by language
 * @typedef {{name?: Words, color?: string, position?: string, launcher?: string | Words, theme?: string,
 *   dir?: string, avatar?: string, texts?: Record<string, Words>, form?: import("./intake.js").Field[],
 *   consent?: Words, form_version?: string, proactive?: import("./proactive.js").Rule[]}} Settings
 */

export class Appearance {
  /** @param {ShadowRoot} root @param {DOMStringMap} attributes @param {string} base */
  constructor(root, attributes, base) {
    this.host = /** @type {HTMLElement} */ (root.host);
    this.attributes = attributes;
    this.base = base;
    /** @type {Settings} */
    this.settings = {};
    this.sheet = dress(root, "");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.paint());
    this.take({});
  }

  /** @param {Settings} desk what the desk's configuration says; the page's own attributes win */
  take(desk) {
    const { color, position, launcher, theme, dir, avatar, texts } = this.attributes;
    const own = { color, position, launcher, theme, dir, avatar, texts: parsed(texts) };
    this.settings = { ...desk, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value)) };
    this.paint();
  }

  paint() {
    const { color = "", position, theme, dir } = this.settings;
    const isDark = theme === "dark" || (theme !== "light" && this.dark.matches);
    const rtl = dir === "rtl";
    this.host.dir = rtl ? "rtl" : "ltr";
    this.host.classList.toggle("dark", isDark);
    const beside = Number(this.attributes.beside ?? 0); // chats of other desks on this page
    this.host.classList.toggle("aside", position ? (position === "left") !== rtl : beside % 2 === 1);
    const accent = rgb(color);
    if (color && !accent) console.warn(`Firstline: data-color must be like #0f6b63 (it is "${color}").`);
    const colors = accent ? variables(accent, isDark) : "";
    this.sheet.replaceSync(`:host(:not(.x)){--fl-aside:${76 * Math.floor(beside / 2)}px;${colors}}`);
  }

  /** A text of the owner's in this language, if there is one. @param {string} key @param {string} language */
  text(key, language) {
    return this.settings.texts?.[language]?.[key];
  }

  /** What stands on the launcher beside its icon. @param {string} language */
  launcherText(language) {
    const { launcher } = this.settings;
    if (typeof launcher === "object") return launcher[language] ?? "";
    return !launcher || launcher === "icon" ? "" : launcher;
  }

  /** @returns {HTMLElement | null} */
  picture() {
    const { avatar } = this.settings;
    const address = avatar && new URL(avatar, this.base);
    if (!address || !/^https?:$/.test(address.protocol)) return null;
    return element("img", { className: "avatar", src: address.href, alt: "" });
  }
}

/** @param {number[]} accent @param {boolean} isDark */
function variables(accent, isDark) {
  const on = textOn(accent);
  const text = readable(accent, GROUNDS[isDark ? "dark" : "light"]);
  const veil = on === WHITE ? "0 0 0/18%" : "255 255 255/25%";
  return `--fl-accent:${css(accent)};--fl-on-accent:${css(on)};--fl-accent-text:${css(text)};--fl-veil:rgb(${veil})`;
}

/** @param {string | undefined} json @returns {Record<string, Words> | undefined} */
function parsed(json) {
  try {
    return json && JSON.parse(json);
  } catch {
    console.warn('Firstline: data-texts must be JSON like {"en": {"welcome": "Hello!"}}.');
  }
}
