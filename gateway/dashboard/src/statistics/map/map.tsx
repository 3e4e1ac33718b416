import { useMemo, useState } from "preact/hooks";
import world from "virtual:world_map";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import styles from "./map.module.css";
import type { WorldMapProps } from "./props";
import { SHADES, bordersOf, shadeOf } from "./steps";

interface Pointed {
  country: string;
  // Within the map, in parts of its width and height.
  x: number;
  y: number;
}

// The world with countries shaded by their numbers. A click filters; for readers and the keyboard there is the list beside.
export default function WorldMap({ countries, label, onChoose }: WorldMapProps) {
  const text = useText();
  const format = useFormat();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  // Clicks of no known country are nowhere on the map, and no measure for those that are.
  const values = useMemo(
    () => new Map(countries.filter(({ country }) => country).map(({ country, value }) => [country, value])),
    [countries],
  );
  const borders = useMemo(() => bordersOf(Math.max(0, ...values.values())), [values]);

  // One listener for all countries: the pointer's country is in the path's data.
  const countryAt = (target: EventTarget | null) =>
    target instanceof SVGPathElement ? (target.dataset.country ?? null) : null;
  const follow = (event: PointerEvent) => {
    const country = countryAt(event.target);
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    setPointed(country ? { country, x, y } : null);
  };

  const shapes = useMemo(
    () =>
      Object.entries(world.paths).map(([country, path]) => {
        const shade = shadeOf(values.get(country) ?? 0, borders);
        return <path key={country} d={path} data-country={country} class={`${styles.country} ${styles[`shade_${shade}`]}`} />;
      }),
    [values, borders],
  );

  return (
    <div class={styles.map} aria-hidden="true">
      <div
        class={styles.stage}
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => {
          const country = countryAt(event.target);
          if (country && values.get(country)) onChoose(country);
        }}
      >
        <svg viewBox={`0 0 ${world.width} ${world.height}`} focusable="false">
          {shapes}
        </svg>
        {pointed && (
          <p
            class={`${styles.tooltip} ${pointed.x > 0.6 ? styles.leftwards : ""} ${pointed.y < 0.25 ? styles.below : ""}`}
            style={{ left: `${pointed.x * 100}%`, top: `${pointed.y * 100}%` }}
          >
            {format.country(pointed.country)}
            <strong>
              {text.chart.metric_value(label, format.number(values.get(pointed.country) ?? 0))}
            </strong>
          </p>
        )}
      </div>
      <ol class={styles.legend}>
        {legendOf(borders, values.size > 0).map(({ shade, least, most }) => (
          <li key={shade}>
            <span class={`${styles.swatch} ${styles[`shade_${shade}`]}`} />
            {shade === 0 ? text.map.none : rangeOf(least, most, format.compact)}
          </li>
        ))}
      </ol>
    </div>
  );
}

interface LegendEntry {
  shade: number;
  least: number;
  // null: no greatest.
  most: number | null;
}

function legendOf(borders: readonly number[], hasValues: boolean): LegendEntry[] {
  const none = { shade: 0, least: 0, most: 0 };
  if (!hasValues) return [none];
  const leasts = [1, ...borders];
  const shown = leasts.map((least, index) => ({
    shade: index + 1,
    least,
    most: index + 1 < leasts.length ? (leasts[index + 1] ?? least) - 1 : null,
  }));
  return [none, ...shown.slice(0, SHADES)];
}

function rangeOf(least: number, most: number | null, write: (value: number) => string): string {
  if (most === null) return `${write(least)}+`;
  return least === most ? write(least) : `${write(least)}–${write(most)}`;
}
