// Keys of a message box: Enter sends, Shift + Enter starts a new line; it grows with its text.
export function sendsOnEnter(text, form) {
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  if (CSS.supports("field-sizing", "content")) return;
  text.addEventListener("input", () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  });
}
