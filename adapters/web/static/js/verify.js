// Proving who one is: a small form that asks for an address, then for the code that was sent there.
import { post } from "./api.js";
import { html, key } from "./dom.js";

const LABELS = { address: "E-mail address", code: "Code" };

export class Verifying {
  constructor(dialog, { mailbox, onProblem }) {
    Object.assign(this, { dialog, onProblem });
    this.form = dialog.querySelector("form");
    this.input = dialog.querySelector("input");
    this.label = this.input.closest("label");
    this.again = dialog.querySelector("[data-again]");
    const hint = dialog.querySelector(".mailbox");
    hint.hidden = !mailbox;
    hint.querySelector("a").href = mailbox || "#";
    this.again.addEventListener("click", () => this.#step("verify_again"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.asks === "nothing") dialog.close();
      else this.#step(`verify_${this.asks}`, this.input.value);
    });
  }

  async begin(turn) {
    this.turn = turn;
    await this.#step("verify");
  }

  async #step(action, text = "") {
    try {
      this.#show(await post("/api/verify", { key: key(), action, value: this.turn, text }));
    } catch (problem) {
      if (this.dialog.open) this.dialog.querySelector(".verify-line").textContent = problem.message;
      else this.onProblem(problem.message);
    }
  }

  #show(step) {
    this.asks = step.asks;
    this.dialog.querySelector(".verify-line").replaceChildren(html(step.html));
    this.label.hidden = step.asks === "nothing";
    this.input.disabled = step.asks === "nothing";
    this.again.hidden = step.asks !== "code";
    this.label.firstElementChild.textContent = LABELS[step.asks] ?? "";
    this.input.value = "";
    this.input.inputMode = step.asks === "code" ? "numeric" : "email";
    this.input.autocomplete = step.asks === "code" ? "one-time-code" : "email";
    this.form.querySelector("[type=submit]").textContent = step.asks === "nothing" ? "Close" : "Continue";
    this.form.querySelector("[data-try]").hidden = step.asks !== "address";
    if (!this.dialog.open) this.dialog.showModal();
    if (step.asks !== "nothing") this.input.focus();
  }
}
