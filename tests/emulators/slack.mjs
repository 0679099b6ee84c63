// npm `emulate`'s Slack on a free port, its events sent to one address.
// Usage: node slack.mjs SEED.json EVENTS_URL; prints {"url": …, "users": …, "channels": …}.
// Its webhooks can be subscribed from code only, and its public entry does not hand them out: so
// the plugin's own `register` is wrapped.
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const dist = join(dirname(fileURLToPath(import.meta.url)), "node_modules", "emulate", "dist");
const name = readdirSync(dist).find(
  (file) => file.endsWith(".js") && readFileSync(join(dist, file), "utf8").includes("\n  slackPlugin\n};"),
);
const plugin = await import(pathToFileURL(join(dist, name)));
const [, , seedFile, eventsUrl] = process.argv;
const seed = JSON.parse(readFileSync(seedFile, "utf8"));
let store;
const register = plugin.slackPlugin.register;
plugin.slackPlugin.register = (app, kept, webhooks, ...rest) => {
  store = kept;
  register(app, kept, webhooks, ...rest);
  // What somebody sees on the app's home page no method of Slack's tells.
  app.get("/homes", (c) => c.json(plugin.getSlackStore(kept).views.all()));
  webhooks.register({ url: eventsUrl, events: ["*"], active: true, owner: "slack" });
};

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const free = probe.address().port;
    probe.close(() => resolve(free));
  });
});
const { createEmulator } = await import(pathToFileURL(join(dist, "api.js")));
const emulator = await createEmulator({ service: "slack", port, seed: { slack: seed } });
const slack = plugin.getSlackStore(store);
const bot = slack.users.all().find((user) => user.name === seed.bot);
slack.users.update(bot.id, { is_bot: true });
slack.tokens.insert({
  token: seed.bot_token, token_type: "bot", team_id: bot.team_id, user_id: bot.user_id,
  scopes: seed.scopes, bot_user_id: bot.user_id,
});
for (const user of slack.users.all().filter((one) => one.name !== seed.bot)) {
  slack.tokens.insert({
    token: `xoxp-${user.name}`, token_type: "user", team_id: user.team_id, user_id: user.user_id,
    scopes: seed.scopes,
  });
}
const ids = (rows, key) => Object.fromEntries(rows.map((row) => [row.name, row[key]]));
console.log(
  JSON.stringify({
    url: emulator.url,
    team: bot.team_id,
    users: ids(slack.users.all(), "user_id"),
    channels: ids(slack.channels.all(), "channel_id"),
  }),
);
process.on("SIGTERM", async () => {
  await emulator.close();
  process.exit(0);
});
