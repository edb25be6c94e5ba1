// Small helpers over the document.

/** The element with this id, which index.html has; its type is checked. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`index.html has no ${type.name} with id "${id}"`);
  return element;
}

/** A new element with a class and text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Sets text only where it differs: an unchanged node costs the browser nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A page in the background has no frames; there it is brought up to date this often. */
const hiddenMs = 500;

/** Calls `draw` at most once per frame, however often it is asked to. */
export function onFrame(draw: () => void): () => void {
  let frame = 0;
  let timer = 0;
  const now = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = timer = 0;
    draw();
  };
  return () => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(now);
    timer = setTimeout(now, hiddenMs);
  };
}
