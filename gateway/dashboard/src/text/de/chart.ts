import type { Text } from "../en";

export const chart: Text["chart"] = {
  name: (metrics, span) => `Diagramm: ${metrics}, ${span}`,
  role: "Diagramm",
  summary: (metric, total, greatest, bucket) => `${metric}: insgesamt ${total}, am meisten mit ${greatest} am ${bucket}.`,
  keys: "Pfeil links und rechts: ein Schritt. Pos1 und Ende: an die Enden. Enter: vergrößern. Escape: verlassen.",
  drag: "Über das Diagramm ziehen, um zu vergrößern",
  empty: "Keine Klicks in dieser Zeit",
  zoom: "Vergrößern",
  incomplete: "nicht vollständig",
  unknown: "nicht bekannt",
  metric_value: (metric, value) => `${metric}: ${value}`,
  compared: (bucket) => `verglichen mit ${bucket}`,
  compared_series: (metric) => `${metric}, verglichen`,
  sparkline: (label, total, greatest) => `${label}: insgesamt ${total}, höchstens ${greatest} in einem Schritt`,
  table: "Als Tabelle",
  time: "Zeit",
  compared_column: "Verglichen",
  change: "Veränderung",
};

export const map: Text["map"] = {
  none: "keine",
};
