// All that works on the rows of the list, together, as it shares which of them are far.
import "../list.js";
import "../bulk.js";
