/** Where the lines of the auction's picture run. Pure: numbers in, numbers out. */

import type { Step } from "../api/market";

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The values at the ends of both axes. */
export interface Range {
  readonly wh: number;
  readonly low: number;
  readonly high: number;
}

export interface Scale {
  readonly x: (wh: number) => number;
  readonly y: (limit: number) => number;
}

export function rangeOf(curves: readonly (readonly Step[])[], price: number | null): Range {
  const steps = curves.flat();
  const limits = [...steps.map(([limit]) => limit), ...(price === null ? [] : [price])];
  const [low, high] = [Math.min(...limits), Math.max(...limits)];
  // A line at the very edge cannot be told from the axis.
  const air = Math.max(50, (high - low) * 0.12);
  return { wh: Math.max(1, ...steps.map(([, wh]) => wh)), low: Math.max(0, low - air), high: high + air };
}

export function scaleOf({ left, right, top, bottom }: Frame, { wh, low, high }: Range): Scale {
  return {
    x: (at) => left + (at / wh) * (right - left),
    y: (limit) => bottom - ((limit - low) / (high - low)) * (bottom - top),
  };
}

/** A staircase as an SVG path: each limit holds for what comes on top of the one before. */
export function staircase(steps: readonly Step[], { x, y }: Scale): string {
  let path = "";
  let from = 0;
  for (const [limit, wh] of steps) {
    path += `${path === "" ? "M" : "L"}${at(x(from))} ${at(y(limit))}L${at(x(wh))} ${at(y(limit))}`;
    from = wh;
  }
  return path;
}

/** Round values of an axis, at most so many. */
export function ticks(low: number, high: number, most: number): readonly number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

function at(value: number): string {
  return value.toFixed(1);
}
