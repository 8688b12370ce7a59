/** Labelled form controls that show a part of the state and change it. */

import { element } from "./element";
import { put, watch, type Model } from "./model";

type Keys<State, Value> = { [K in keyof State & string]: State[K] extends Value ? K : never }[keyof State & string];

/** What a control is bound to: the model, and the signal that ends it. */
export interface Binding<State> {
  model: Model<State>;
  until: AbortSignal;
}

export interface Range {
  label: string;
  min: number;
  max: number;
  step: number;
}

/** A slider, with its number beside it. */
export function slider<State, Name extends Keys<State, number>>(
  { model, until }: Binding<State>,
  name: Name,
  { label, min, max, step }: Range,
): HTMLElement {
  const input = element("input", { type: "range", min, max, step, "data-testid": name });
  const shown = element("output", {});
  const show = (): void => {
    const value = model.get(name) as number;
    input.value = String(value);
    shown.textContent = signed(value, step);
  };
  input.addEventListener("input", () => put(model, name, input.valueAsNumber as State[Name]), { signal: until });
  watch(model, [name], show, until);
  show();
  return element("label", { class: "ew-slider" }, element("span", {}, label), input, shown);
}

/** A check box. */
export function checkBox<State, Name extends Keys<State, boolean>>(
  { model, until }: Binding<State>,
  name: Name,
  label: string,
): HTMLElement {
  const input = element("input", { type: "checkbox", "data-testid": name });
  const show = (): void => {
    input.checked = model.get(name) as boolean;
  };
  input.addEventListener("change", () => put(model, name, input.checked as State[Name]), { signal: until });
  watch(model, [name], show, until);
  show();
  return element("label", { class: "ew-check" }, input, label);
}

/** A choice of one out of several, each a value and what a reader is told it is. */
export function choice<State, Name extends Keys<State, string>>(
  { model, until }: Binding<State>,
  name: Name,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): HTMLElement {
  const select = element("select", { "data-testid": name });
  for (const [value, text] of options) select.append(element("option", { value }, text));
  const show = (): void => {
    select.value = model.get(name) as string;
  };
  select.addEventListener("change", () => put(model, name, select.value as State[Name]), { signal: until });
  watch(model, [name], show, until);
  show();
  return element("label", { class: "ew-choice" }, element("span", {}, label), select);
}

/** A button. */
export function button(label: string, testid: string, press: () => void, until: AbortSignal): HTMLButtonElement {
  const made = element("button", { type: "button", "data-testid": testid }, label);
  made.addEventListener("click", press, { signal: until });
  return made;
}

/** A number with as many decimals as its step has, and a true minus sign. */
export function signed(value: number, step: number): string {
  const decimals = step % 1 === 0 ? 0 : (String(step).split(".")[1] ?? "").length;
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}
