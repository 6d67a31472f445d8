// The staff's list of open cases, and the box to answer one as a person.
import { get, post } from "./api.js";
import { $, h, key } from "./dom.js";
import { sendsOnEnter } from "./typing.js";

const SETTLE_MS = 200;
const OWNERS = { ai: "with the bot", queue: "needs a person", human: "with a person" };

export class Cases {
  constructor({ log, press, onWhy }) {
    Object.assign(this, { log, press, onWhy });
    this.cases = [];
    sendsOnEnter($("words"), $("reply"));
    $("to").addEventListener("change", () => this.#hint());
    $("reply").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#reply();
    });
  }

  refreshSoon() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.refresh();
    }, SETTLE_MS);
  }

  async refresh() {
    try {
      this.cases = (await get("/api/cases")).cases;
    } catch {
      return; // The next change asks again.
    }
    const state = JSON.stringify(this.cases);
    if (state !== this.drawn) this.#draw();
    this.drawn = state;
    this.hideSpent();
  }

  // "Return to bot" on an old card says nothing once the bot has the case.
  hideSpent() {
    const withBot = new Set(this.cases.filter((each) => each.owner === "ai").map((each) => each.id));
    for (const button of this.log.list.querySelectorAll('button[data-action="hand_back"]')) button.hidden = withBot.has(button.dataset.value);
  }

  pick(id) {
    $("to").value = id;
    this.#hint();
    $("words").focus();
  }

  #draw() {
    $("cases").hidden = !this.cases.length;
    $("reply").hidden = !this.cases.length;
    $("cases").replaceChildren(...this.cases.map((each) => this.#row(each)));
    const before = $("to").value;
    $("to").replaceChildren(...this.cases.map((each) => h("option", { value: each.id }, `${each.customer} · ${each.id}`)));
    if (this.cases.some((each) => each.id === before)) $("to").value = before;
    this.#hint();
  }

  #row(each) {
    const back = { action: "hand_back", value: each.id };
    const isWithBot = each.owner === "ai";
    return h("li", { className: "case", data: { case: each.id } },
      h("span", { className: "owner", data: { owner: each.owner } }, OWNERS[each.owner] ?? each.owner),
      h("span", { className: "who", title: each.reason }, `${each.customer} `, h("span", {}, each.id)),
      isWithBot ? null : h("button", { type: "button", data: { action: "hand_back" }, onclick: ({ currentTarget }) => this.press(back, currentTarget) }, "Return to bot"),
      h("button", { type: "button", "aria-label": `Answer ${each.id}`, onclick: () => this.pick(each.id) }, isWithBot ? "Step in" : "Answer"),
      h("button", { type: "button", "aria-label": `Why, case ${each.id}`, onclick: () => this.onWhy(each.id) }, "Why"));
  }

  #hint() {
    const to = this.cases.find((each) => each.id === $("to").value);
    $("reply-hint").textContent = to?.owner === "ai" ? "The bot has this case. Writing takes it over." : "The customer sees this as written by a person.";
  }

  async #reply() {
    const words = $("words").value;
    if (!words.trim()) return;
    try {
      const { html } = await post("/api/presses", { key: key(), action: "reply", value: $("to").value, text: words, is_staff: true });
      if (html) this.log.say(html);
      else this.log.say(h("p", {}, `Sent to ${$("to").selectedOptions[0].textContent}: ${words.trim()}`));
      $("words").value = "";
      $("words").dispatchEvent(new Event("input"));
    } catch (problem) {
      this.log.complain(problem.message);
    }
    this.refreshSoon();
  }
}
