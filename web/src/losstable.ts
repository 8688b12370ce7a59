/** The loss explorer's table: which losses are shown, and what each says of the prediction. */

import { signed } from "./controls";
import { GRID } from "./curve";
import { element } from "./element";
import { FLAT, type Loss } from "./explorer";
import { put, type Model } from "./model";
import { PENALTIES, type Name } from "./penalties";

export interface Row {
  name: Name;
  html: HTMLElement;
  fill: (loss: Loss | null) => void;
}

/** A loss in the table: whether it is shown, and its numbers. */
export function lossRow(model: Model<{ shown: string[] }>, name: Name, until: AbortSignal): Row {
  const input = element("input", { type: "checkbox", "data-testid": `show-${name}` });
  const cells = ["cost", "slope", "minimum"].map((part) => element("td", { "data-testid": `${name}-${part}` }));
  const choose = (): void => {
    const others = model.get("shown").filter((other) => other !== name);
    put(model, "shown", input.checked ? [...others, name] : others);
  };
  input.addEventListener("change", choose, { signal: until });
  const label = element("label", { class: "ew-check" }, input, name);
  const formula = element("td", { class: "ew-formula" }, PENALTIES[name].formula);
  const html = element("tr", {}, element("td", {}, label), formula, ...cells);
  const fill = (loss: Loss | null): void => {
    input.checked = model.get("shown").includes(name);
    html.classList.toggle("ew-off", !loss);
    const texts = loss
      ? [signed(loss.cost, 0.001), pull(loss.slope), signed(GRID[loss.best]!, 0.01)]
      : ["", "", ""];
    cells.forEach((cell, i) => (cell.textContent = texts[i]!));
  };
  return { name, html, fill };
}

function pull(slope: number): string {
  const way = Math.abs(slope) < FLAT ? "no pull" : slope > 0 ? "←" : "→";
  return `${signed(slope, 0.01)} ${way}`;
}

/** The table of all losses. */
export function lossTable(rows: readonly Row[]): HTMLElement {
  const head = ["loss", "of r = error / unit", "cost at p", "slope at p", "least at"].map((text, i) =>
    element("th", { scope: "col", ...(i === 1 && { class: "ew-formula" }) }, text),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows.map((r) => r.html)),
  );
}
