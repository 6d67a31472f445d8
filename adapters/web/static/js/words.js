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
    dialog.addEventListener("close", () => this.#end(null));
  }

  // What was typed; null when the form was closed without sending.
  ask({ title, label, optional }, begins = "") {
    this.dialog.querySelector("h2").textContent = title;
    this.field.closest("label").firstElementChild.textContent = label;
    this.field.value = begins;
    this.field.required = !optional;
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
