// Files of an agent's reply: chosen, pasted or dropped, uploaded at once, and sent with the reply.
// A module, so that its names are its own: the page has other scripts.
export {};

/** @typedef {{li: HTMLLIElement, file: File, key: string, stop: AbortController}} Chosen */

/** The reply that waits for its files. @type {HTMLFormElement | null} */
let waiting = null;

/** @returns {HTMLInputElement | null} */
function field() {
  return /** @type {HTMLInputElement | null} */ (document.getElementById("reply-files"));
}

/** @returns {HTMLUListElement | null} */
function chosen() {
  return document.querySelector(".reply .chosen");
}

/** Without a script there is nothing to upload with, so only now the button appears. */
function prepare() {
  const label = field()?.closest("label");
  if (label) label.hidden = false;
  // What a draft had already.
  for (const li of /** @type {NodeListOf<HTMLLIElement>} */ (document.querySelectorAll(".reply .chosen li[data-kept]"))) {
    li.removeAttribute("data-kept");
    li.append(removal(li, li.querySelector("bdi")?.textContent ?? "", () => {}));
  }
}

/** @param {HTMLLIElement} li @param {string} name @param {() => void} stop */
function removal(li, name, stop) {
  const remove = button(field()?.dataset.remove ?? "", () => {
    stop();
    li.remove();
    settle();
    field()?.focus();
  });
  remove.setAttribute("aria-label", `${remove.textContent}: ${name}`);
  return remove;
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "link", textContent: words, onclick: act });
  return made;
}

/** Words are not needed beside a file. */
function settle() {
  const list = chosen();
  if (!list) return;
  list.hidden = !list.children.length;
  const area = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-required]"));
  if (area) area.required = !list.querySelector("input");
  list.dispatchEvent(new Event("files-changed", { bubbles: true }));
  if (waiting && !list.querySelector("[data-busy]")) {
    const form = waiting;
    waiting = null;
    if (!list.querySelector(".failed") && form.isConnected) form.requestSubmit();
  }
}

/** @param {Iterable<File>} files */
function take(files) {
  const to = field();
  const list = chosen();
  if (!to || !list) return;
  for (const file of files) {
    const li = document.createElement("li");
    list.append(li);
    const { tooMany = "", tooLarge = "", most, bytes } = to.dataset;
    const upload = { li, file, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, stop: new AbortController() };
    if (list.children.length > Number(most)) fail(upload, tooMany, false);
    else if (file.size > Number(bytes)) fail(upload, tooLarge, false);
    else void send(upload, to);
  }
  settle();
}

/** @param {Chosen} upload @param {HTMLInputElement} to */
async function send(upload, to) {
  const { li, file, key, stop } = upload;
  li.dataset.busy = "";
  show(upload, to.dataset.busy ?? "");
  try {
    const response = await fetch(to.dataset.to ?? "", {
      method: "POST",
      body: file,
      signal: stop.signal,
      redirect: "error",
      headers: { "X-CSRF-Token": csrf(), "X-File": key, "X-Name": encodeURIComponent(file.name.slice(-500)) },
    });
    const answer = await response.json();
    delete li.dataset.busy;
    if (!response.ok) return fail(upload, answer.message, response.status >= 500);
    const id = document.createElement("input");
    Object.assign(id, { type: "hidden", name: "attachment", value: answer.id });
    show(upload, "");
    li.append(id);
    settle();
  } catch {
    // Cut off, stopped, or signed out: the file is still here.
    delete li.dataset.busy;
    if (!stop.signal.aborted) fail(upload, document.body.dataset.noAnswer ?? "", true);
  }
}

function csrf() {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return headers["X-CSRF-Token"] ?? "";
}

/** @param {Chosen} upload @param {string} problem @param {boolean} mayPass */
function fail(upload, problem, mayPass) {
  show(upload, problem);
  const to = field();
  const words = upload.li.querySelector("span");
  if (words) Object.assign(words, { className: "failed" }).setAttribute("role", "alert");
  if (mayPass && to) {
    upload.li.append(
      button(to.dataset.again ?? "", () => void send({ ...upload, stop: new AbortController() }, to)),
    );
  }
  settle();
}

/** @param {Chosen} upload @param {string} state */
function show({ li, file, stop }, state) {
  const name = document.createElement("bdi");
  name.textContent = file.name;
  const words = document.createElement("span");
  words.textContent = state;
  li.replaceChildren(name, words, removal(li, file.name, () => stop.abort()));
}

document.body.addEventListener("change", ({ target }) => {
  if (target !== field() || !(target instanceof HTMLInputElement)) return;
  take([...(target.files ?? [])]);
  target.value = "";
});

document.body.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  if (!files?.length || !(event.target instanceof Element) || !event.target.closest(".reply")) return;
  event.preventDefault();
  take(files);
});

/** @param {DragEvent} event */
function target(event) {
  const place = event.target instanceof Element ? event.target.closest(".conversation") : null;
  return place && field() && event.dataTransfer?.types.includes("Files") ? place.querySelector(".composer") : null;
}

document.body.addEventListener("dragover", (event) => {
  const composer = target(event);
  document.querySelector(".composer")?.classList.toggle("is-target", Boolean(composer));
  if (composer) event.preventDefault();
});

document.body.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) document.querySelector(".composer")?.classList.remove("is-target");
});

document.body.addEventListener("drop", (event) => {
  const composer = target(event);
  if (!composer) return;
  event.preventDefault();
  composer.classList.remove("is-target");
  take(event.dataTransfer?.files ?? []);
});

// A reply whose files are still on their way goes out when they are there.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const form = /** @type {CustomEvent} */ (event).detail.elt;
  if (!form.querySelector?.(".chosen [data-busy]")) return;
  event.preventDefault();
  waiting = form;
});

document.body.addEventListener("htmx:afterSettle", prepare);
prepare();
