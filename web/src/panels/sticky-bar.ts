/** Keeps what takes the focus from under a bar that stays in sight while the page scrolls. */
export function keepFocusClearOf(bar: HTMLElement): void {
  // The styles make this the page's scroll-padding where the bar is sticky.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar-height", `${bar.offsetHeight}px`);
  }).observe(bar);
  // WebKit minds the scroll-padding in scrollIntoView alone, not where it scrolls to what takes the focus.
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLElement) || bar.contains(target)) return;
    // Nothing may move between the press and the release of a mouse button.
    if (!target.matches(":focus-visible")) return;
    if (target.getBoundingClientRect().top < bar.getBoundingClientRect().bottom)
      target.scrollIntoView({ block: "nearest" });
  });
}
