// Put the page together: two logs, two boxes, one connection.
import { choose, get, post } from "./api.js";
import { Cases } from "./cases.js";
import { Composer } from "./composer.js";
import { $, h, key } from "./dom.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { setUpTabs } from "./tabs.js";
import { setUpTheme } from "./theme.js";
import { Tray, takesPictures } from "./tray.js";
import { explain } from "./why.js";
import { Words } from "./words.js";
import { Verifying } from "./verify.js";

const STATES = { live: "Live", connecting: "Connecting", lost: "Reconnecting …" };

const start = await get("/api/start");
choose(start.customer);
document.body.dataset.staff = start.staff ? "yes" : "no";
$("staff").hidden = !start.staff;
$("name").textContent = start.name;
document.title = `${start.name} playground`;
$("banner").textContent = start.banner;
$("banner").title = start.banner;
$("banner").hidden = !start.banner;
setUpTheme($("theme"));
const tellStaff = setUpTabs();

const words = new Words($("words-form"));
const verifying = new Verifying($("verify"), { mailbox: start.mailbox, onProblem: (line) => customer.complain(line) });

const press = (isStaff, log) => async (button, element, view) => {
  if (button.action === "verify") return verifying.begin(button.value);
  const pressed = { key: key(), action: button.action, value: button.value, is_staff: isStaff };
  let text = "";
  if (button.asks) {
    const { begins_with: begins } = await post("/api/forms", pressed).catch(() => ({ begins_with: "" }));
    text = await words.ask(button.asks, begins);
    if (text === null || (!text && !button.asks.optional)) return;
  }
  element.disabled = true;
  try {
    const { html } = await post("/api/presses", { ...pressed, text });
    if (html && view) view.say(html);
    else if (html) log().say(html);
  } catch (problem) {
    log().complain(problem.message);
  } finally {
    element.disabled = false;
    cases?.refreshSoon();
  }
};

const onWhy = start.staff ? explain : undefined;
const customer = new Log($("customer"), { side: "customer", onPress: press(false, () => customer), onWhy, onChange: announce });
const staff = new Log($("staff"), { side: "staff", onPress: press(true, () => staff), onWhy, onChange: (frame, ended) => tellStaff(ended.length) });
customer.botName = staff.botName = start.name;
const cases = start.staff ? new Cases({ log: staff, press: press(true, () => staff), onWhy: explain }) : undefined;

function announce(frame, ended) {
  for (const view of ended) {
    if (view.entry.kind !== "customer") $("announcer").textContent = `${start.name}: ${view.text}`;
  }
}

const tray = new Tray({ list: $("tray"), onProblem: (line) => customer.complain(line) });
tray.limit = { bytes: start.upload_limit_bytes, files: start.files_per_message };
takesPictures($("customer"), { tray, button: $("attach"), input: $("files"), text: $("text") });

const commands = { "/verify": () => verifying.begin(""), "/status": status, "/escalate": (reason) => escalate(reason) };
const composer = new Composer({
  form: $("composer"),
  text: $("text"),
  tray,
  onSent: () => customer.toEnd(),
  onProblem: (line) => customer.complain(line),
  async onCommand(text) {
    const [name, ...rest] = text.split(/\s+/);
    if (!commands[name]) return false;
    await commands[name](rest.join(" "));
    return true;
  },
});
$("text").maxLength = start.text_limit_chars;

async function status() {
  try {
    customer.say((await get("/api/status")).html);
  } catch (problem) {
    customer.complain(problem.message);
  }
}

async function escalate(text = "") {
  try {
    const { html } = await post("/api/presses", { key: key(), action: "escalate", text });
    if (html) customer.say(html);
  } catch (problem) {
    customer.complain(problem.message);
  }
}

$("my-case").addEventListener("click", status);
$("person").addEventListener("click", () => escalate());
$("suggestions").replaceChildren(...start.suggestions.map((each) => h("button", { type: "button", onclick: () => composer.send(each).then(() => $("text").focus()) }, each)));

if (start.customers.length) {
  $("who").replaceChildren(...start.customers.map((each) => h("option", { value: each.id }, each.note ? `${each.name}, ${each.note}` : each.name)));
  $("who").value = start.customer;
  $("who").closest("label").hidden = false;
  $("who").addEventListener("change", () => location.assign(`/?as=${encodeURIComponent($("who").value)}`));
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
}

const link = new Link({
  onFrame(frame) {
    ({ customer, staff })[frame.pane].take(frame);
    cases?.refreshSoon();
  },
  onState(state) {
    $("link").dataset.state = state;
    $("link").textContent = STATES[state];
  },
});
link.open();
if (matchMedia("(min-width: 800px)").matches) $("text").focus();
