import type { LiveClick } from "./click";

// What is kept of clicks, whatever comes: the page costs the same after a million of them.
export const MOST_KEPT = 100;
const MINUTE_MS = 60_000;

// The newest clicks, newest first, each once; and how many came within the last minute.
export class Recent {
  private kept: readonly LiveClick[] = [];
  private readonly perSecond = new Map<number, number>();

  // Add clicks, oldest first as they come.
  add(clicks: readonly LiveClick[], now: number): void {
    const known = new Set(this.kept.map((click) => click.id));
    const fresh = clicks.filter((click) => !known.has(click.id));
    if (fresh.length === 0) {
      return;
    }
    this.kept = [...fresh.reverse(), ...this.kept].slice(0, MOST_KEPT);
    const second = Math.floor(now / 1000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + fresh.length);
  }

  get clicks(): readonly LiveClick[] {
    return this.kept;
  }

  inLastMinute(now: number): number {
    let count = 0;
    for (const [second, arrived] of this.perSecond) {
      if (second * 1000 <= now - MINUTE_MS) {
        this.perSecond.delete(second);
      } else {
        count += arrived;
      }
    }
    return count;
  }
}
