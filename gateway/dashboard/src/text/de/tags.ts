import type { Text } from "../en";
import { pluralIn } from "../plural";

const plural = pluralIn("de");

export const tags: Text["tags"] = {
  lead: "Namen, die Ihre Links tragen. Was hier geändert wird, ändert sich an allen Links zugleich.",
  list: "Tags",
  none: "Noch keine Tags",
  none_hint: "Geben Sie einem Link einen Tag, dann steht er hier. Links lassen sich danach filtern, und die Statistik auch.",
  create: "Neuer Tag",
  name: "Name",
  links: "Links",
  actions: "Aktionen",
  chosen: "Ausgewählt",
  choose: (name) => `${name} auswählen`,
  edit: "Bearbeiten",
  edit_of: (name) => `${name} bearbeiten`,
  delete: "Löschen",
  delete_of: (name) => `${name} löschen`,
  rename_hint: "Ein neuer Name tritt an allen Links an die Stelle des alten.",
  color: "Farbe",
  colors: {
    gray: "Grau",
    crimson: "Rot",
    darkorange: "Orange",
    goldenrod: "Gold",
    seagreen: "Grün",
    teal: "Petrol",
    royalblue: "Blau",
    violet: "Violett",
  },
  merge: "Zusammenlegen",
  merge_hint: "Ein Name tritt an jedem Link an die Stelle von allen. Die anderen Tags werden gelöscht.",
  merge_into: "Der Name, der bleibt",
  merged: (count) => plural(count, { one: "# Link geändert", other: "# Links geändert" }),
  delete_title: (name) => `Den Tag ${name} löschen?`,
  delete_hint: (count) => plural(count, { one: "# Link verliert ihn.", other: "# Links verlieren ihn." }),
};
