// Make elements. Text goes in as text; only HTML that the server has made safe goes through `html`.
export const $ = (id) => document.getElementById(id);

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function html(safe) {
  const template = document.createElement("template");
  template.innerHTML = safe;
  return template.content;
}

export const key = () => crypto.getRandomValues(new Uint32Array(4)).reduce((all, part) => all + part.toString(36), "k");
