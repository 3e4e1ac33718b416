// Shades of a map: which country has which, and what a shade means.

// How many shades there are besides "none".
export const SHADES = 5;

// The least number of each shade but the first, whose least is 1, rising: fewer than SHADES - 1 where numbers are small.
//
// Steps are equal factors and not equal differences: one country has most of the clicks everywhere, and the others would
// all have the lightest shade.
export function bordersOf(greatest: number): number[] {
  const borders: number[] = [];
  for (let step = 1; step < SHADES; step += 1) {
    const border = roundUp(greatest ** (step / SHADES));
    if (border > (borders.at(-1) ?? 1) && border <= greatest) borders.push(border);
  }
  return borders;
}

// 0 for none, else 1 to SHADES.
export function shadeOf(value: number, borders: readonly number[]): number {
  if (value <= 0) return 0;
  return 1 + borders.filter((border) => value >= border).length;
}

// The least number of one digit and zeros, or 15, 25 and the like, that is not below.
function roundUp(value: number): number {
  const power = 10 ** Math.max(Math.floor(Math.log10(value)), 0);
  const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((factor) => factor * power);
  return steps.find((step) => step >= value && Number.isInteger(step)) ?? 10 * power;
}
