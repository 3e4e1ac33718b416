import type { Text } from "../en";

export const live: Text["live"] = {
  title: "Live",
  lead: "Klicks in dem Augenblick, in dem sie gespeichert werden.",
};
