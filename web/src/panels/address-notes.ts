import { byId } from "../page.js";

/** Says, in one line, what the page's address asks for and does not get. */
export function showAddressNotes(notes: readonly string[]): void {
  const line = byId("address-notes", HTMLParagraphElement);
  line.textContent = notes.join(" ");
  line.hidden = notes.length === 0;
}
