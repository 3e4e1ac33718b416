// The numbers at the side of a chart: from zero in whole, round steps.

// The greatest number of the axis and the step between its lines; both whole, since clicks are.
export function scaleOf(greatest: number): { top: number; step: number } {
  const step = roundStep(Math.max(greatest, 1) / 4);
  return { top: Math.max(Math.ceil(greatest / step), 1) * step, step };
}

// The least of 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, … that is not below.
function roundStep(least: number): number {
  const power = 10 ** Math.max(Math.floor(Math.log10(least)), 0);
  const steps = [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  return steps.find((step) => step >= least && Number.isInteger(step)) ?? 10 * power;
}

// All lines of the axis from zero to the top.
export function linesOf({ top, step }: { top: number; step: number }): number[] {
  return Array.from({ length: Math.round(top / step) + 1 }, (_, number) => number * step);
}
