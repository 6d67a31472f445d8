// Talk to the server. Whatever goes wrong becomes an Error with one line for people.
let customer = new URLSearchParams(location.search).get("as") ?? "";

export const address = (path, more = {}) => `${path}?${new URLSearchParams({ as: customer, ...more })}`;

export const chosen = () => customer;

export function choose(id) {
  customer = id;
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(address(path), options);
  } catch {
    throw new Error("The server cannot be reached. Your text is kept; try again in a moment.");
  }
  if (!answer.ok) throw new Error((await answer.text()) || `The server refused (${answer.status}).`);
  return answer.json();
}

export const get = (path) => ask(path);

export const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export function upload(file) {
  const form = new FormData();
  form.append("file", file, file.name || "picture.png");
  return ask("/api/uploads", { method: "POST", body: form });
}
