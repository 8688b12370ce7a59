/** A model without a kernel: what anywidget gives, kept in an object. */

import type { Model } from "../src/model";

export interface Fake<State> extends Model<State> {
  state: State;
  saved: number; // how often the page sent its state
}

export function fake<State extends object>(state: State): Fake<State> {
  const callbacks = new Map<string, Set<() => void>>();
  return {
    state,
    saved: 0,
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      callbacks.get(`change:${name}`)?.forEach((call) => call());
    },
    save_changes() {
      this.saved += 1;
    },
    on: (event, call) => void callbacks.set(event, (callbacks.get(event) ?? new Set()).add(call)),
    off: (event, call) => void callbacks.get(event)?.delete(call),
  };
}

/** The element with a test id. */
export function byId<Kind extends HTMLElement = HTMLElement>(host: HTMLElement, id: string): Kind {
  const found = host.querySelector<Kind>(`[data-testid="${id}"]`);
  if (!found) throw new Error(`nothing has the test id ${id}`);
  return found;
}

/** Does to a form control what a reader does. */
export function type(control: HTMLInputElement | HTMLSelectElement, value: string): void {
  control.value = value;
  control.dispatchEvent(new Event("input"));
  control.dispatchEvent(new Event("change"));
}
