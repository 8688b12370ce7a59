/** The arrow keys of a picture; with Alt, Ctrl or Meta they are the browser's. */

/** -1 for ←, 1 for →, 0 for any other key. */
export function arrowKey(event: KeyboardEvent): -1 | 0 | 1 {
  if (event.altKey || event.ctrlKey || event.metaKey) return 0;
  return event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
}
