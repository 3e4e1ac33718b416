import { useMemo } from "preact/hooks";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import styles from "./sparkline.module.css";

const WIDTH = 100;
const HEIGHT = 24;

interface SparklineProps {
  // One number for each step of time, oldest first.
  values: readonly number[];
  // What is counted, in words, for instance "Clicks in the last 30 days".
  label: string;
  // Whether words beside it say the same, so that readers need no more.
  isDecoration?: boolean;
}

// A line as small as a word. It is one path: a hundred of them cost nothing.
export function Sparkline({ values, label, isDecoration }: SparklineProps) {
  const text = useText();
  const format = useFormat();
  const { line, area } = useMemo(() => sparklinePaths(values), [values]);
  const total = values.reduce((sum, value) => sum + value, 0);
  const name = text.chart.sparkline(label, format.number(total), format.number(Math.max(0, ...values)));
  return (
    <svg
      class={styles.sparkline}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      focusable="false"
      {...(isDecoration ? { "aria-hidden": "true" as const } : { role: "img", "aria-label": name })}
    >
      <path class={styles.area} d={area} />
      <path class={styles.line} d={line} />
    </svg>
  );
}

// The line from left to right, and the area down to zero, in a box of 100 by 24. Numbers of zero alone are a line at the
// foot; a single number is a level line.
export function sparklinePaths(values: readonly number[]): { line: string; area: string } {
  const shown = values.length === 1 ? [values[0] ?? 0, values[0] ?? 0] : values;
  if (!shown.length) return { line: "", area: "" };
  const greatest = Math.max(1, ...shown);
  const step = WIDTH / (shown.length - 1);
  const points = shown.map((value, index) => {
    const x = Math.round(index * step * 10) / 10;
    const y = Math.round((HEIGHT - 1.5 - (value / greatest) * (HEIGHT - 3)) * 10) / 10;
    return `${x},${y}`;
  });
  const line = `M${points.join("L")}`;
  return { line, area: `${line}L${WIDTH},${HEIGHT}L0,${HEIGHT}Z` };
}
