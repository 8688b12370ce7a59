/** The box around a widget: keys pressed in it are its own, and all of it ends together. */

import { element } from "./element";

/** Fills an element with a widget, and returns what takes it away again. */
export function frame(
  host: HTMLElement,
  name: string,
  fill: (box: HTMLElement, until: AbortSignal) => void,
): () => void {
  const end = new AbortController();
  const box = element("div", { class: `ew ew-${name}`, "data-testid": `${name}-widget` });
  host.append(box);
  fill(box, end.signal);
  // JupyterLab would take keys for itself (arrows go from cell to cell there), were each of these not marked.
  for (const one of box.querySelectorAll("input, select, button, canvas")) {
    one.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  return () => {
    end.abort();
    box.remove();
  };
}
