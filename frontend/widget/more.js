// What comes when the chat is open, or with its first use (lazy.js); a bundle of its own.

import texts from "texts";
import { formatted } from "../markup/show.js";
import { Faces } from "./faces.js";
import style from "./more.css";
import { Proactive } from "./proactive.js";
import { openStream } from "./stream.js";
import { Survey } from "./survey.js";
import { Transcript } from "./transcript.js";
import { Uploads } from "./uploads.js";

/** @typedef {{Faces: Faces, Proactive: Proactive, Survey: Survey, Transcript: Transcript, Uploads: Uploads}} Parts */

export const parts = { Faces, Proactive, Survey, Transcript, Uploads };
export { formatted, openStream, style, texts };
