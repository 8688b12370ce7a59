/** The loss explorer: drag a prediction over data and see what each loss says of it. */

import { slider } from "./controls";
import { costCurve, dents, lowest, meanCost, meanSlope } from "./curve";
import { draggable } from "./drag";
import { element, tell } from "./element";
import { across, drawData, drawLoss, type Loss } from "./explorer";
import { floats } from "./floats";
import { frame } from "./frame";
import { arrowKey } from "./keys";
import { lossRow, lossTable } from "./losstable";
import { put, watch, type Model, type View } from "./model";
import { boxAt, panelBoxes, stripBox, totalHeight } from "./panels";
import { NAMES, PENALTIES, type Name } from "./penalties";
import { clamp, snap } from "./scale";
import { Surface } from "./surface";

const STEP = 0.01;
const STRIDE = 0.05; // of an arrow key
const REACH = 3;
const LABEL =
  "The data as a histogram and, below, the mean cost of each loss over the prediction. " +
  "Arrow keys or dragging move it.";
const HINT =
  "Drag the prediction, or focus the picture and press ← →. ▲ is the least cost of all, △ a dent where one may " +
  "get stuck; the arrow is the pull downhill, and a bare ring says that nothing pulls.";

interface State {
  landings: DataView;
  starts: DataView;
  half: number;
  start: number;
  prediction: number;
  scale: number;
  shown: string[];
}

/** The landings that started near enough to `start`; all of them where no starts are known. */
function sliceOf(landings: Float32Array, starts: Float32Array, start: number, half: number): Float32Array {
  return starts.length === 0 ? landings : landings.filter((_, i) => Math.abs(starts[i]! - start) <= half);
}

/** What is known of a loss before a prediction is made. */
function shapeOf(name: Name, data: Float32Array, scale: number): Omit<Loss, "cost" | "slope"> {
  const { formula } = PENALTIES[name];
  const curve = costCurve(PENALTIES[name], data, scale);
  return { name, formula, curve, best: lowest(curve), others: dents(curve) };
}

/** The losses on the data of now: curves are computed only when data or scale have changed. */
function computer(model: Model<State>): { data: () => Float32Array; loss: (name: Name) => Loss } {
  let known = "";
  let data: Float32Array = new Float32Array();
  const shapes = new Map<Name, Omit<Loss, "cost" | "slope">>();
  const refresh = (): void => {
    const key = `${model.get("start")} ${model.get("scale")}`;
    if (key === known) return;
    known = key;
    shapes.clear();
    data = sliceOf(floats(model.get("landings")), floats(model.get("starts")), model.get("start"), model.get("half"));
  };
  return {
    data: () => (refresh(), data),
    loss: (name) => {
      refresh();
      const [p, scale] = [model.get("prediction"), model.get("scale")];
      if (!shapes.has(name)) shapes.set(name, shapeOf(name, data, scale));
      const [cost, slope] = [meanCost, meanSlope].map((mean) => mean(PENALTIES[name], data, p, scale));
      return { ...shapes.get(name)!, cost: cost!, slope: slope! };
    },
  };
}

function render({ model, el }: View<State>): () => void {
  const { data, loss } = computer(model);
  const shown = (): Name[] => (data().length === 0 ? [] : NAMES.filter((name) => model.get("shown").includes(name)));
  const move = (p: number): void => put(model, "prediction", clamp(snap(p, STEP), -REACH, REACH));
  const sliced = model.get("starts").byteLength > 0;

  return frame(el, "losses", (box, until) => {
    const said = element("p", { class: "ew-status", "aria-live": "polite", "data-testid": "status" });
    const rows = NAMES.map((name) => lossRow(model, name, until));
    const surface = new Surface({
      label: LABEL,
      testid: "canvas",
      height: (width) => totalHeight(width, shown().length),
      until,
      draw: (pen) => {
        const p = model.get("prediction");
        drawData(pen, stripBox(pen.width), data(), p);
        const boxes = panelBoxes(pen.width, shown().length);
        shown().forEach((name, i) => drawLoss(pen, boxes[i]!, loss(name), p));
        rows.forEach((r) => r.fill(shown().includes(r.name) ? loss(r.name) : null));
      },
    });
    const show = (): void => {
      const count = data().length;
      const what = count === 1 ? "landing" : "landings";
      tell(said, `${count.toLocaleString("en")} ${what}${sliced ? " from this slice of starts" : ""}`);
      surface.paint();
    };
    draggable(
      surface,
      (px, py) => {
        const place = boxAt([stripBox(surface.width), ...panelBoxes(surface.width, shown().length)], px, py);
        return place ? (x) => move(across(place).invert(x)) : null;
      },
      until,
    );
    const press = (event: KeyboardEvent): void => {
      const way = arrowKey(event);
      if (!way) return;
      event.preventDefault();
      move(model.get("prediction") + way * STRIDE);
    };
    surface.canvas.addEventListener("keydown", press, { signal: until });
    const bound = { model, until };
    const sliders = [
      slider(bound, "prediction", { label: "prediction p", min: -REACH, max: REACH, step: STEP }),
      slider(bound, "scale", { label: "unit of the losses", min: 0.25, max: 2, step: 0.05 }),
    ];
    if (sliced) {
      const range = { min: -1.2, max: 1.2, step: 0.05 };
      sliders.unshift(slider(bound, "start", { label: `starts s, ± ${model.get("half")}`, ...range }));
    }
    box.append(said, surface.canvas, element("div", { class: "ew-row" }, ...sliders), lossTable(rows));
    box.append(element("p", { class: "ew-hint" }, HINT));
    watch(model, ["start", "prediction", "scale", "shown"], show, until);
    show();
  });
}

export default { render };
