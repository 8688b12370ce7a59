/** The report's colours and the environment's, for light and for dark: which of the two, the page's own text tells. */

import palette from "./palette.json";

export type Palette = typeof palette.light;

/** The colours that suit the text around an element: bright text means a dark page. */
export function coloursAround(element: Element): Palette {
  return isBright(getComputedStyle(element).color) ? palette.dark : palette.light;
}

/** Whether a colour "rgb(r, g, b)" is nearer to white than to black. */
export function isBright(colour: string): boolean {
  const [r = 0, g = 0, b = 0] = (colour.match(/^rgba?\(([^)]*)\)/)?.[1] ?? "").split(/[\s,/]+/).map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 127;
}
