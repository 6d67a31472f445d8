// On a phone one side is shown at a time; a number tells of news on the other.
import { $ } from "./dom.js";

const SIDES = ["customer", "staff"];

export function setUpTabs() {
  const tabs = SIDES.map((side) => $(`tab-${side}`));
  const badge = $("tab-staff").querySelector(".badge");
  let news = 0;

  function show(side, { focus = false } = {}) {
    document.body.dataset.tab = side;
    for (const tab of tabs) {
      const isOn = tab.id === `tab-${side}`;
      tab.setAttribute("aria-selected", String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
      if (isOn && focus) tab.focus();
    }
    if (side === "staff") news = 0;
    badge.hidden = !news;
  }

  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => show(SIDES[at]));
    tab.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowRight" || key === "ArrowLeft") show(SIDES[1 - at], { focus: true });
    });
  });
  show("customer");

  return function tellStaff(count) {
    if (!count || document.body.dataset.tab === "staff") return;
    news += count;
    badge.hidden = false;
    badge.textContent = String(news);
    badge.setAttribute("aria-label", `${news} new`);
  };
}
