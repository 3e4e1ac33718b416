// The drawing: options of uPlot. Buckets stand at equal distances by their position, so that a comparison lies under them.

import uPlot from "uplot";

import { isIncomplete } from "./points";
import type { Chart } from "./props";
import { linesOf, scaleOf } from "./scale";
import { ticksOf } from "./ticks";

// Colours by name of the custom property, resolved for the theme that is in use.
export type Palette = (property: string) => string;

export interface PlotEvents {
  // The bucket under the pointer or at the cursor, null where there is none.
  onCursor: (index: number | null) => void;
  // A dragged selection from one bucket to another, both included.
  onSelect: (first: number, last: number) => void;
}

// Above so many buckets a line has no points.
const MOST_DOTS = 45;
const FONT_SIZE = 12;
// Room at the right for half a label, pixels.
const EDGE = 22;

type Values = (number | null)[];

// One line of the drawing. part: the last bucket where it is incomplete, drawn dotted from the one before.
interface Line {
  key: string;
  kind: "whole" | "part" | "compared";
  values: Values;
}

// Makes the chart as a child of root, as wide as root.
export function plot(root: HTMLElement, chart: Chart, palette: Palette, events: PlotEvents): uPlot {
  const lines = linesOfChart(chart);
  const count = Math.max(...lines.map((line) => line.values.length), chart.starts.length, 1);
  const greatest = Math.max(0, ...lines.flatMap((line) => line.values.map((value) => value ?? 0)));
  const scale = scaleOf(greatest);
  const only = chart.series.length === 1;
  const data = [
    Array.from({ length: count }, (_, index) => index),
    ...lines.map((line) => padded(line.values, count)),
  ] as uPlot.AlignedData;
  const options: uPlot.Options = {
    ...sizeOf(root),
    padding: [10, EDGE, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => (count > 1 ? [0, count - 1] : [-1, 1]) },
      y: { range: () => [0, scale.top] },
    },
    axes: [xAxis(root, chart, palette), yAxis(root, chart, palette, scale)],
    series: [{}, ...lines.map((line) => seriesOf(line, only && line.kind === "whole", count, palette))],
    cursor: {
      y: false,
      // The line and a selection stand at buckets, not between them.
      move: (self, left, top) => [left < 0 ? left : self.valToPos(self.posToIdx(left), "x"), top],
      drag: { x: true, y: false, setScale: false, dist: 5 },
      bind: { dblclick: () => null },
      points: {
        size: 9,
        width: 2,
        stroke: () => palette("--chart-surface"),
        fill: (_, index) => palette(colourOf(lines[index - 1])),
      },
    },
    hooks: {
      // Where there is no pointer, uPlot has a cursor left of the drawing.
      setCursor: [(self) => events.onCursor((self.cursor.left ?? -1) < 0 ? null : (self.cursor.idx ?? null))],
      setSelect: [
        (self) => {
          const { left, width } = self.select;
          if (width <= 0) return;
          self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          events.onSelect(self.posToIdx(left), self.posToIdx(left + width));
        },
      ],
    },
  };
  return new uPlot(options, data, root);
}

// As wide as root; lower where that is narrow.
export function sizeOf(root: HTMLElement): { width: number; height: number } {
  const width = Math.max(Math.floor(root.clientWidth), 120);
  return { width, height: width < 600 ? 220 : 300 };
}

function linesOfChart(chart: Chart): Line[] {
  const last = chart.starts.length - 1;
  const partial = last > 0 && isIncomplete(chart, last);
  const compared = chart.series.flatMap(({ key, compared }): Line[] =>
    compared ? [{ key, kind: "compared", values: [...compared] }] : [],
  );
  const own = chart.series.flatMap(({ key, values }): Line[] => {
    if (!partial) return [{ key, kind: "whole", values: [...values] }];
    const tail = values.map((value, index) => (index >= last - 1 ? value : null));
    return [
      { key, kind: "part", values: tail },
      { key, kind: "whole", values: values.slice(0, last) },
    ];
  });
  return [...compared, ...own];
}

function padded(values: Values, count: number): Values {
  return [...values, ...Array<null>(Math.max(count - values.length, 0)).fill(null)];
}

function colourOf(line: Line | undefined): string {
  return line && line.kind !== "compared" ? `--chart-${line.key}` : "--chart-compared";
}

function seriesOf(line: Line, filled: boolean, count: number, palette: Palette): uPlot.Series {
  const colour = () => palette(colourOf(line));
  const dots = line.kind !== "compared" && count <= MOST_DOTS;
  return {
    stroke: colour,
    width: line.kind === "compared" ? 1.5 : 2,
    ...(line.kind === "compared" ? { dash: [6, 5] } : {}),
    ...(line.kind === "part" ? { dash: [2, 4] } : {}),
    ...(filled ? { fill: () => palette(`--chart-${line.key}-area`) } : {}),
    points: {
      // Of a line that is dotted only its end is a point, and hollow; a point without neighbours is always one.
      show: dots || count === 1,
      ...(line.kind === "part" ? { filter: () => [line.values.length - 1] } : {}),
      size: 6,
      width: 1.5,
      stroke: colour,
      fill: line.kind === "part" ? () => palette("--chart-surface") : colour,
    },
  };
}

function xAxis(root: HTMLElement, chart: Chart, palette: Palette): uPlot.Axis {
  const widthOf = measure(root);
  const labels = new Map<number, string>();
  return {
    stroke: () => palette("--chart-text"),
    font: fontOf(root),
    size: 30,
    gap: 6,
    grid: { show: false },
    ticks: { size: 4, width: 1, stroke: () => palette("--chart-line") },
    splits: (self) => {
      const width = self.bbox.width / devicePixelRatio;
      const distance = width / Math.max(self.data[0].length - 1, 1);
      labels.clear();
      for (const { index, label } of ticksOf(chart, distance, widthOf)) {
        const isCut = index * distance + widthOf(label) / 2 > width + EDGE;
        if (!isCut) labels.set(index, label);
      }
      return [...labels.keys()];
    },
    values: (_, splits) => splits.map((index) => labels.get(index) ?? ""),
  };
}

function yAxis(root: HTMLElement, chart: Chart, palette: Palette, scale: ReturnType<typeof scaleOf>): uPlot.Axis {
  const compact = new Intl.NumberFormat(chart.locale, { notation: "compact", maximumFractionDigits: 1 });
  const lines = linesOf(scale);
  const widest = Math.max(...lines.map((line) => measure(root)(compact.format(line))));
  return {
    stroke: () => palette("--chart-text"),
    font: fontOf(root),
    size: Math.ceil(widest) + 16,
    gap: 8,
    grid: { width: 1, stroke: () => palette("--chart-line") },
    ticks: { show: false },
    splits: () => lines,
    values: (_, splits) => splits.map((value) => compact.format(value)),
  };
}

function fontOf(root: HTMLElement): string {
  return `${FONT_SIZE}px ${getComputedStyle(root).fontFamily}`;
}

function measure(root: HTMLElement): (label: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return (label) => label.length * FONT_SIZE * 0.6;
  context.font = fontOf(root);
  return (label) => context.measureText(label).width;
}
