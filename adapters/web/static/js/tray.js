// Pictures that wait to be sent: chosen, dropped or pasted; uploaded at once, sent with the next message.
import { upload } from "./api.js";
import { h } from "./dom.js";

const TAKEN = /^(image\/|video\/|application\/pdf$)/;

export class Tray {
  constructor({ list, onProblem }) {
    this.list = list;
    this.onProblem = onProblem;
    this.items = [];
    this.limit = { bytes: Infinity, files: 4 };
  }

  get isEmpty() {
    return !this.items.length;
  }

  add(files) {
    for (const file of files) {
      const problem = this.#problem(file);
      if (problem) this.onProblem(problem);
      else this.#take(file);
    }
  }

  async ready() {
    const done = await Promise.all(this.items.map((item) => item.sent));
    return done.filter(Boolean).map((each) => each.id);
  }

  clear() {
    for (const item of [...this.items]) this.#drop(item);
  }

  #problem(file) {
    if (this.items.length >= this.limit.files) return `At most ${this.limit.files} pictures go with one message.`;
    if (file.type && !TAKEN.test(file.type)) return `${file.name} is not a picture. Please send a PNG, JPEG, WebP or GIF file, a PDF or a short video.`;
    if (file.size > this.limit.bytes) return `${file.name} is larger than ${this.limit.bytes / 1e6} MB. Please send a smaller picture.`;
    return "";
  }

  #take(file) {
    const url = URL.createObjectURL(file);
    const item = { url };
    const remove = h("button", { type: "button", className: "plain icon", "aria-label": `Remove ${file.name}`, onclick: () => this.#drop(item) }, "✕");
    item.element = h("li", { data: { state: "sending" } }, ...(!file.type || file.type.startsWith("image/") ? [h("img", { src: url, alt: "" })] : []), h("span", {}, file.name), remove);
    item.sent = upload(file).then(
      (kept) => {
        item.element.dataset.state = "ready";
        return kept;
      },
      (problem) => {
        this.#drop(item);
        this.onProblem(problem.message);
        return null;
      },
    );
    this.items.push(item);
    this.list.append(item.element);
    this.list.hidden = false;
  }

  #drop(item) {
    this.items = this.items.filter((each) => each !== item);
    item.element.remove();
    URL.revokeObjectURL(item.url);
    this.list.hidden = !this.items.length;
  }
}

export function takesPictures(pane, { tray, button, input, text }) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    tray.add(input.files);
    input.value = "";
    text.focus();
  });
  text.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    tray.add(event.clipboardData.files);
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  pane.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    pane.classList.add("is-over");
  });
  pane.addEventListener("dragleave", (event) => pane.contains(event.relatedTarget) || pane.classList.remove("is-over"));
  pane.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    pane.classList.remove("is-over");
    tray.add(event.dataTransfer.files);
    text.focus();
  });
  // A file dropped beside the pane would otherwise replace the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => hasFiles(event) && event.preventDefault());
}
