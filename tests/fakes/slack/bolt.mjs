// A small app on the official framework, unmodified: it shows that the fake is a Slack to somebody else's code too.
// Arguments: the folder where @slack/bolt is installed, the address of the Web API, "socket" or "http".
import { createRequire } from "node:module";

const [folder, slackApiUrl, mode] = process.argv.slice(2);
const { App, LogLevel } = createRequire(`${folder}/`)("@slack/bolt");

const common = { token: "xoxb-made-up", logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl, retryConfig: { retries: 0 } } };
const app = mode === "socket"
  ? new App({ ...common, socketMode: true, appToken: "xapp-made-up" })
  : new App({ ...common, signingSecret: "made-up-signing-secret", endpoints: "/slack/events" });

app.command("/cm", async ({ ack, command, respond, client }) => {
  await ack(`acknowledged ${command.text}`);
  await respond({ response_type: "ephemeral", text: `responded ${command.text}` });
  await client.chat.postMessage({
    channel: command.channel_id,
    text: "a card",
    blocks: [{ type: "actions", elements: [{ type: "button", action_id: "0:open", text: { type: "plain_text", text: "Open" }, value: "1" }] }],
  });
});

app.action("0:open", async ({ ack, body, client }) => {
  await ack();
  const input = { type: "plain_text_input", action_id: "value" };
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal", callback_id: "form", title: { type: "plain_text", text: "Form" }, submit: { type: "plain_text", text: "Send" },
      blocks: [{ type: "input", block_id: "name", label: { type: "plain_text", text: "Name" }, element: input }],
    },
  });
});

app.view("form", async ({ ack, view }) => {
  const given = view.state.values.name.value.value;
  await ack(given === "wrong" ? { response_action: "errors", errors: { name: "not this one" } } : undefined);
});

app.event("reaction_added", async ({ event, client }) => {
  await client.chat.update({ channel: event.item.channel, ts: event.item.ts, text: `reacted ${event.reaction}`, blocks: [] });
});

app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "a home" } }] },
  });
});

app.message(async ({ message, say, client }) => {
  const { user } = await client.users.info({ user: message.user });
  await say({ text: `heard ${message.text} from ${user.real_name}`, metadata: { event_type: "t", event_payload: { key: "k" } } });
});

app.shortcut("track", async ({ ack, shortcut, client }) => {
  await ack();
  await client.chat.postEphemeral({ channel: shortcut.channel.id, user: shortcut.user.id, text: `tracked ${shortcut.message.text}` });
});

app.error(async (error) => console.log(`error ${error.code} ${error.message}`));

const server = await app.start({ port: 0, host: "127.0.0.1" });
console.log(`ready ${mode === "http" ? server.address().port : 0}`);
process.stdin.on("end", () => process.exit(0)).resume();
