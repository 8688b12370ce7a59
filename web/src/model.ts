/** The state that a widget shares with Python, as anywidget hands it to the page. */

export interface Model<State> {
  get<Name extends keyof State & string>(name: Name): State[Name];
  set<Name extends keyof State & string>(name: Name, value: State[Name]): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

export interface View<State> {
  model: Model<State>;
  el: HTMLElement;
}

/** Sets one part of the state, here and in Python. */
export function put<State, Name extends keyof State & string>(
  model: Model<State>,
  name: Name,
  value: State[Name],
): void {
  if (model.get(name) === value) return;
  model.set(name, value);
  model.save_changes();
}

/** Calls back whenever one of the named parts changes, until the signal ends it. */
export function watch<State>(
  model: Model<State>,
  names: readonly (keyof State & string)[],
  callback: () => void,
  until: AbortSignal,
): void {
  for (const name of names) model.on(`change:${name}`, callback);
  until.addEventListener("abort", () => {
    for (const name of names) model.off(`change:${name}`, callback);
  });
}
