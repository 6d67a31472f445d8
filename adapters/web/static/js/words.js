// A form of one field, for presses that need words before they can be acted on.
export class Words {
  constructor(dialog) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.field = dialog.querySelector("textarea");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#end(this.field.value.trim());
    });
    dialog.addEventListener("close", () => this.#end(""));
  }

  // What was typed; empty when the form was closed without sending.
  ask({ title, label }) {
    this.dialog.querySelector("h2").textContent = title;
    this.field.closest("label").firstElementChild.textContent = label;
    this.field.value = "";
    this.dialog.showModal();
    this.field.focus();
    return new Promise((resolve) => (this.resolve = resolve));
  }

  #end(text) {
    const resolve = this.resolve;
    this.resolve = undefined;
    if (this.dialog.open) this.dialog.close();
    resolve?.(text);
  }
}
