export const chart = {
  // What a reader hears on coming to the chart.
  name: (metrics: string, span: string) => `Chart: ${metrics}, ${span}`,
  role: "chart",
  summary: (metric: string, total: string, greatest: string, bucket: string) =>
    `${metric}: ${total} in total, most with ${greatest} on ${bucket}.`,
  keys: "Left and right arrow: one step. Home and End: to the ends. Enter: zoom in. Escape: leave.",
  drag: "Drag over the chart to zoom in",
  empty: "No clicks in this time",
  zoom: "Zoom in",
  incomplete: "not complete",
  unknown: "not known",
  metric_value: (metric: string, value: string) => `${metric}: ${value}`,
  compared: (bucket: string) => `compared with ${bucket}`,
  compared_series: (metric: string) => `${metric}, compared`,
  // Of a line as small as a word.
  sparkline: (label: string, total: string, greatest: string) => `${label}: ${total} in total, at most ${greatest} in one step`,
  table: "As a table",
  time: "Time",
  compared_column: "Compared",
  change: "Change",
};

export const map = {
  none: "none",
};
