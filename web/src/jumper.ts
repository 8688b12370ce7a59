/** The jumper by hand: move the robot and its landing, and see whether it collides. */

import { checkBox, slider } from "./controls";
import { draggable } from "./drag";
import { element, tell } from "./element";
import { frame } from "./frame";
import { arrowKey } from "./keys";
import { put, watch, type View } from "./model";
import { clamp, snap } from "./scale";
import { drawScene } from "./scene";
import { Surface } from "./surface";
import { heightOf, hit, layout, REACH, STEP, verdict, type Situation } from "./world";

const PARTS = ["s", "x", "show_robot", "show_obstacle", "show_action"] as const;
const LABEL = "The jumper's world from the side: robot below, obstacle above.";
const HINT =
  "Drag the robot, or the action once it is shown. Keys, with the picture focused: ← → move the action, " +
  "Shift + ← → the robot.";

function render({ model, el }: View<Situation>): () => void {
  const now = (): Situation => Object.fromEntries(PARTS.map((name) => [name, model.get(name)])) as unknown as Situation;
  const move = (name: "s" | "x", value: number): void =>
    put(model, name, clamp(snap(value, STEP[name]), -REACH, REACH));

  return frame(el, "jumper", (box, until) => {
    const said = element("div", { class: "ew-verdict", "aria-live": "polite", "data-testid": "verdict" });
    const surface = new Surface({
      label: `${LABEL} ${HINT}`,
      testid: "canvas",
      height: heightOf,
      until,
      draw: (pen) => {
        drawScene(pen, now());
        said.style.color = verdict(now()) === "Fail!" ? pen.colours.obstacle : pen.colours.robot;
      },
    });
    const show = (): void => {
      tell(said, verdict(now()));
      surface.paint();
    };
    draggable(
      surface,
      (px, py) => {
        const name = hit(now(), surface.width, px, py);
        if (!name) return null;
        const axis = layout(surface.width).x;
        const offset = axis.invert(px) - model.get(name);
        return (x) => move(name, axis.invert(x) - offset);
      },
      until,
    );
    const press = (event: KeyboardEvent): void => {
      const way = arrowKey(event);
      const name = event.shiftKey ? "s" : "x";
      if (!way || !model.get(event.shiftKey ? "show_robot" : "show_action")) return;
      event.preventDefault();
      move(name, model.get(name) + way * STEP[name]);
    };
    surface.canvas.addEventListener("keydown", press, { signal: until });
    const bound = { model, until };
    const range = { min: -REACH, max: REACH };
    box.append(
      said,
      surface.canvas,
      element(
        "div",
        { class: "ew-row" },
        slider(bound, "s", { label: "robot s", ...range, step: STEP.s }),
        slider(bound, "x", { label: "landing x", ...range, step: STEP.x }),
      ),
      element(
        "div",
        { class: "ew-row" },
        checkBox(bound, "show_robot", "show the robot"),
        checkBox(bound, "show_obstacle", "show the obstacle"),
        checkBox(bound, "show_action", "show the action"),
      ),
      element("p", { class: "ew-hint" }, HINT),
    );
    watch(model, PARTS, show, until);
    show();
  });
}

export default { render };
