// What helps agents write: one bundle (frontend/build.mjs), loaded by every page of the inbox.
// Each part listens for itself.

import "./finder.js"; // before the others: its keys come first
import "./composer.js";
import "./drafts.js";
import "./emoji.js";
import "./colleagues.js";
import "./saved.js";
import "./suggestions.js";
import "./viewers.js";
