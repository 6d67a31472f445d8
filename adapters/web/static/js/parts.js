// The parts of an entry: tool steps, findings, notices, sources, pictures, buttons.
import { address } from "./api.js";
import { h, html } from "./dom.js";

const SIGNS = { running: "", done: "✓", waiting: "!", refused: "✕", failed: "✕", unknown: "?", unfinished: "–" };
const STATES = { running: "running", done: "done", waiting: "waits for approval", refused: "refused", failed: "failed", unknown: "outcome unknown", unfinished: "not finished" };
const CALLERS = { model: "asked by the model", runtime: "run by the runtime", staff: "run by staff" };

export function step(each) {
  const facts = [["Tool", h("code", {}, each.tool)], ["Called by", CALLERS[each.by] ?? each.by], ["Arguments", each.arguments && h("code", {}, each.arguments)],
    ["Result", each.summary], ["Receipt", each.receipt], ["Approval", each.approval]].filter(([, value]) => value);
  return h("details", { className: "step", data: { state: each.state, key: each.id } },
    h("summary", {},
      h("span", { className: "sign", "aria-hidden": "true" }, SIGNS[each.state] ?? ""),
      h("span", { className: "title" }, each.title),
      h("span", { className: "by" }, each.by === "model" ? "model" : each.by),
      h("span", { className: "state" }, STATES[each.state] ?? each.state)),
    h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

export const finding = (each) =>
  h("div", { className: "finding" }, h("p", {}, h("b", {}, each.text_only ? `Text read off ${each.image}: ` : `Seen in ${each.image}: `), each.summary));

export const notice = (each) => h("div", { className: `note ${each.kind}` }, html(each.html));

export const source = (each) =>
  h("details", { className: "source", data: { key: `source-${each.number}`, number: each.number } },
    h("summary", {}, h("span", { className: "number" }, String(each.number)), h("span", {}, each.title)),
    h("blockquote", {}, html(each.quote), h("p", {}, h("cite", {}, each.source))));

export function file(each) {
  const url = address(each.path);
  if (!/\.(png|jpe?g|gif|webp|heic|heif|avif|bmp|tiff?)$/i.test(each.name) && /\.[a-z0-9]{2,5}$/i.test(each.name)) {
    return h("a", { className: "file", href: url, download: each.name }, h("span", { className: "no-picture" }, each.name));
  }
  const image = h("img", { src: url, alt: each.name, width: 148, height: 112, loading: "lazy" });
  const button = h("button", { type: "button", className: "file", title: each.name, "aria-label": `Open ${each.name}` }, image);
  image.addEventListener("error", () => button.replaceChildren(h("span", { className: "no-picture" }, `${each.name} (no preview)`)));
  button.addEventListener("click", () => {
    const dialog = document.getElementById("picture");
    const large = dialog.querySelector("img");
    Object.assign(large, { src: url, alt: each.name });
    dialog.showModal();
  });
  return button;
}

export const button = (each, onPress) =>
  h("button", { type: "button", className: each.style, data: { action: each.action, value: each.value }, onclick: ({ currentTarget }) => onPress(each, currentTarget) }, each.label);
