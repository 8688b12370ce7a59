/** What an error costs, ρ(r), and how that changes, ρ'(r): heads/penalties.py, for the page to draw at once. */

export interface Penalty {
  formula: string;
  cost: (r: number) => number;
  slope: (r: number) => number;
}

/** The six of the library, by the names of the recipes that minimise them. */
export const PENALTIES = {
  mse: { formula: "r²", cost: (r) => r * r, slope: (r) => 2 * r },
  mae: { formula: "|r|", cost: Math.abs, slope: Math.sign },
  welsch: {
    formula: "1 − exp(−r²)",
    cost: (r) => -Math.expm1(-r * r),
    slope: (r) => 2 * r * Math.exp(-r * r),
  },
  truncated: {
    formula: "min(|r|, 2)",
    cost: (r) => Math.min(Math.abs(r), 2),
    slope: (r) => (Math.abs(r) <= 2 ? Math.sign(r) : 0),
  },
  cauchy: {
    formula: "log(1 + r²)",
    cost: (r) => Math.log1p(r * r),
    slope: (r) => (2 * r) / (1 + r * r),
  },
  "laplace-kernel": {
    formula: "1 − exp(−|r|)",
    cost: (r) => -Math.expm1(-Math.abs(r)),
    slope: (r) => Math.sign(r) * Math.exp(-Math.abs(r)),
  },
} as const satisfies Record<string, Penalty>;

export type Name = keyof typeof PENALTIES;

export const NAMES = Object.keys(PENALTIES) as Name[];
