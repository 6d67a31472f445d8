// A log of entries that stays at its end while somebody reads the end, and stands still while they read above.
import { h, html } from "./dom.js";
import { EntryView } from "./entry.js";

const NEAR_PX = 60;

export class Log {
  constructor(pane, { side, onPress, onWhy, onChange }) {
    this.side = side;
    this.scroll = pane.querySelector(".scroll");
    this.list = pane.querySelector(".log");
    this.empty = pane.querySelector(".empty");
    this.views = new Map();
    this.botName = "Firstline";
    Object.assign(this, { onPress, onWhy, onChange });
    this.isPinned = true;
    this.scroll.addEventListener("scroll", () => (this.isPinned = this.#isNearEnd()), { passive: true });
    new ResizeObserver(() => this.#keepPlace()).observe(this.list);
  }

  take(frame) {
    if (frame.anew) {
      this.views.clear();
      this.list.replaceChildren();
    }
    const ended = [];
    for (const entry of frame.entries) {
      const before = this.views.get(entry.id)?.entry;
      this.#put(entry);
      if (!entry.gone && !entry.open && !frame.anew && (!before || before.open)) ended.push(this.views.get(entry.id));
    }
    this.#settle();
    this.onChange?.(frame, ended);
  }

  say(safe, kind = "") {
    const entry = h("li", { className: `entry local ${kind}` }, h("div", { className: "body", role: kind === "problem" ? "alert" : "status" }));
    entry.firstChild.append(typeof safe === "string" ? html(safe) : safe);
    this.list.append(entry);
    this.toEnd();
    this.#settle();
  }

  complain(line) {
    this.say(h("p", {}, line), "problem");
  }

  toEnd() {
    this.isPinned = true;
    this.#keepPlace();
  }

  #put(entry) {
    let view = this.views.get(entry.id);
    if (entry.gone) {
      view?.element.remove();
      this.views.delete(entry.id);
      return;
    }
    if (!view) {
      view = new EntryView(this);
      this.views.set(entry.id, view);
      const next = [...this.views.values()].filter((each) => each.entry?.place > entry.place).sort((a, b) => a.entry.place - b.entry.place)[0];
      this.list.insertBefore(view.element, next?.element ?? null);
      if (entry.kind === "customer") this.isPinned = true;
    }
    view.draw(entry);
  }

  #settle() {
    if (this.empty) this.empty.hidden = this.list.children.length > 0;
    this.#keepPlace();
  }

  #keepPlace() {
    if (this.isPinned) this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  #isNearEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_PX;
  }
}
