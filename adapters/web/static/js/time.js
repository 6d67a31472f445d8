// Times as people read them.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export function when(text) {
  const at = new Date(text);
  const isToday = at.toDateString() === new Date().toDateString();
  const element = document.createElement("time");
  element.dateTime = text;
  element.title = at.toLocaleString();
  element.textContent = (isToday ? clock : day).format(at);
  return element;
}
