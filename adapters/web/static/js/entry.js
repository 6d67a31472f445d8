// One entry of a log. It is built once and then changed only where something changed, so that nothing jumps.
import { h, html } from "./dom.js";
import * as parts from "./parts.js";
import { when } from "./time.js";

const SLOTS = ["meta", "files", "findings", "steps", "body", "notices", "sources", "tail", "answer", "footer"];

export class EntryView {
  constructor(log) {
    this.log = log;
    this.element = h("li");
    this.slots = {};
    this.drawn = {};
    for (const name of SLOTS) {
      this.slots[name] = this.element.appendChild(h("div", { className: `slot ${name}` }));
    }
    this.slots.answer.setAttribute("role", "status");
    this.slots.body.addEventListener("click", (event) => this.#cite(event));
  }

  draw(entry) {
    this.entry = entry;
    const isBare = !entry.blocks.length && !entry.open;
    this.element.className = `entry ${entry.kind}${isBare ? " is-bare" : ""}`;
    this.element.id = `${this.log.side}-${entry.id}`;
    this.element.toggleAttribute("data-open", entry.open && entry.blocks.length > 0);
    this.element.setAttribute("aria-busy", String(entry.open));
    this.#fill("meta", [entry.kind, entry.name, entry.at, entry.case, entry.turn], () => this.#meta(entry));
    this.#fill("files", entry.files, () => entry.files.map(parts.file));
    this.#fill("findings", entry.findings, () => entry.findings.map(parts.finding));
    this.#fill("steps", entry.steps, () => entry.steps.map(parts.step));
    this.#body(entry);
    this.#fill("notices", entry.notices, () => entry.notices.map(parts.notice));
    this.#fill("sources", entry.sources, () => entry.sources.map(parts.source));
    this.#fill("tail", [entry.open, entry.buttons], () => this.#tail(entry));
    this.#fill("footer", entry.footer, () => [entry.footer]);
  }

  say(safe) {
    this.slots.answer.replaceChildren(html(safe));
  }

  get text() {
    return this.slots.body.textContent;
  }

  #fill(name, state, make) {
    const now = JSON.stringify(state);
    if (this.drawn[name] === now) return;
    this.drawn[name] = now;
    const slot = this.slots[name];
    const open = new Set([...slot.querySelectorAll("details[open]")].map((each) => each.dataset.key));
    const focused = slot.contains(document.activeElement) && document.activeElement.closest("details")?.dataset.key;
    slot.replaceChildren(...make());
    for (const each of slot.querySelectorAll("details")) {
      each.open = open.has(each.dataset.key);
      if (focused && each.dataset.key === focused) each.querySelector("summary").focus();
    }
  }

  #meta(entry) {
    const who = { reply: this.log.botName, relay: this.log.side === "staff" ? "Customer" : "Our team", card: this.log.botName }[entry.kind];
    const why = this.log.onWhy && (entry.turn || entry.case);
    return [
      h("strong", {}, entry.kind === "customer" ? entry.name : who ?? ""),
      when(entry.at),
      why ? h("button", { type: "button", className: "plain", "aria-label": `Why, ${entry.case || entry.turn}`, onclick: () => this.log.onWhy(why) }, "Why?") : null,
    ].filter(Boolean);
  }

  #body(entry) {
    const slot = this.slots.body;
    this.element.classList.toggle("is-waiting", entry.open && !entry.blocks.length);
    if (entry.open && !entry.blocks.length) {
      this.#fill("body", ["waiting", entry.status], () => [
        h("div", { className: "writing" }, h("span", { className: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, entry.status || "")),
      ]);
      return;
    }
    if (this.drawn.body !== "blocks") slot.replaceChildren();
    this.drawn.body = "blocks";
    const blocks = entry.status ? [...entry.blocks, null] : entry.blocks;
    blocks.forEach((safe, at) => this.#block(slot, at, safe, entry.status));
    while (slot.children.length > blocks.length) slot.lastElementChild.remove();
  }

  #block(slot, at, safe, status) {
    const place = slot.children[at] ?? slot.appendChild(h("div"));
    const wanted = safe ?? `status:${status}`;
    if (place.shown === wanted) return;
    place.shown = wanted;
    place.replaceChildren(safe === null ? h("span", { className: "writing" }, status) : html(safe));
  }

  #tail(entry) {
    if (entry.open) {
      const stop = { action: "stop", value: "", label: "Stop", style: "plain" };
      return this.log.side === "customer" ? [parts.button(stop, (each, element) => this.log.onPress(each, element, this))] : [];
    }
    return entry.buttons.map((each) => parts.button(each, (pressed, element) => this.log.onPress(pressed, element, this)));
  }

  #cite({ target }) {
    const number = target.closest?.("[data-cite]")?.dataset.cite;
    const source = number && this.slots.sources.querySelector(`[data-number="${CSS.escape(number)}"]`);
    if (!source) return;
    source.open = true;
    source.querySelector("summary").focus();
    source.scrollIntoView({ block: "nearest" });
  }
}
