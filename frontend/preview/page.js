// A page of nobody's, with the chat as the address says.

const wanted = new URLSearchParams(location.search);
document.documentElement.lang = wanted.get("page") ?? "en";
const script = document.createElement("script");
script.src = "/widget.js";
for (const [name, value] of wanted) if (name !== "open" && name !== "page") script.dataset[name] = value;
// What was open before is no part of this preview.
for (const key of Object.keys(localStorage)) if (/^firstline:.*:(open|language)$/.test(key)) localStorage.removeItem(key);
if (wanted.has("open")) {
  // Whoever types in the choices goes on typing there.
  document.addEventListener("firstline:ready", () => /** @type {any} */ (window).Firstline.open({ focus: false }));
}
document.body.append(script);
