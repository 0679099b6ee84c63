// What helps agents write: one bundle (frontend/build.mjs), loaded by every page of the inbox.
// Each part listens for itself; their order does not matter.

import "./composer.js";
import "./drafts.js";
