// The customer's message box. A text is cleared only once the server has it.
import { post } from "./api.js";
import { key } from "./dom.js";
import { sendsOnEnter } from "./typing.js";

export class Composer {
  constructor({ form, text, tray, onSent, onProblem, onCommand }) {
    Object.assign(this, { form, text, tray, onSent, onProblem, onCommand });
    sendsOnEnter(text, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(text.value, { isTyped: true });
    });
  }

  async send(words, { isTyped = false } = {}) {
    const text = words.trim();
    if (this.isSending || (!text && this.tray.isEmpty)) return;
    if (isTyped && (await this.onCommand(text))) {
      this.#clear(words);
      return;
    }
    this.isSending = true;
    try {
      const uploads = await this.tray.ready();
      const body = JSON.stringify([text, uploads]);
      // The same message keeps its id, so one that did arrive is not sent twice; a changed one is another.
      if (this.unsent?.body !== body) this.unsent = { body, id: key() };
      await post("/api/messages", { id: this.unsent.id, text, uploads });
      this.unsent = undefined;
      this.tray.clear();
      if (isTyped) this.#clear(words);
      this.onSent();
    } catch (problem) {
      this.onProblem(problem.message);
    } finally {
      this.isSending = false;
    }
  }

  #clear(words) {
    if (this.text.value === words) this.text.value = "";
    this.text.dispatchEvent(new Event("input"));
  }
}
