// The drawer that explains a case or a turn: what was judged, looked up, called, cited, and what it took.
import { get } from "./api.js";
import { $, h } from "./dom.js";
import { when } from "./time.js";

const KINDS = {
  triage: "Judged the message", passages: "Looked into the knowledge", picture: "Looked at a picture", picture_refused: "Refused a picture",
  model: "Asked the model", model_cut: "The model broke off", model_failed: "No model answered", tool: "Called a tool", denied: "Staff denied",
  claims_withdrawn: "Withdrew claims nothing supports", stopped: "Stopped", handoff: "Handed over",
};

export async function explain(id) {
  const drawer = $("why");
  const body = drawer.querySelector(".drawer-body");
  body.replaceChildren(h("p", { className: "quiet" }, "Reading …"));
  if (!drawer.open) drawer.showModal();
  try {
    const { turns } = await get(`/api/why/${encodeURIComponent(id)}`);
    $("why-title").textContent = turns.length && turns[0].case === id ? `Why, case ${id}` : "Why this answer";
    body.replaceChildren(...turns.map(turn).reverse());
  } catch (problem) {
    body.replaceChildren(h("p", { className: "quiet" }, problem.message));
  }
}

function turn(each) {
  const took = each.took_s === null ? "under way" : `${each.took_s.toFixed(1)} s`;
  const tokens = each.used.reduce((all, used) => all + used.input + used.output, 0);
  const models = [...new Set(each.used.map((used) => used.model))].join(", ");
  const rough = each.used.some((used) => used.estimate) ? "about " : "";
  return h("section", { className: "turn" },
    h("h3", {}, when(each.began), h("span", {}, [each.outcome || each.state, took, each.attempt > 1 ? `attempt ${each.attempt}` : ""].filter(Boolean).join(" · "))),
    h("div", { className: "sum" }, fact("turn", each.id), models && fact("model", models), each.used.length ? fact("requests", each.used.length) : "", tokens ? fact("tokens", `${rough}${tokens}`) : ""),
    h("ol", { className: "trace" }, ...each.steps.map(step)));
}

function step({ kind, data }) {
  return h("li", { data: { kind } }, h("b", {}, KINDS[kind] ?? kind.replaceAll("_", " ")), ...facts(data));
}

function facts(data) {
  if (Array.isArray(data)) return data.length ? data.map((each) => row(each)) : [h("div", { className: "facts" }, fact("", "nothing"))];
  return data === null || data === "" ? [] : [row(data)];
}

function row(data) {
  if (typeof data !== "object") return h("div", { className: "facts" }, fact("", data));
  const known = Object.entries(data).filter(([, value]) => value !== "" && value !== null && !(Array.isArray(value) && !value.length));
  return h("div", { className: "facts" }, ...known.map(([name, value]) => fact(name.replaceAll("_", " "), value)));
}

const fact = (name, value) =>
  h("span", { className: "fact" }, name ? h("i", {}, `${name} `) : null, typeof value === "object" ? JSON.stringify(value) : String(value));
