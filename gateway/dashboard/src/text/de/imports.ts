import type { Text } from "../en";

export const imports: Text["imports"] = {
  lead: "Links und Klicks, die Sie aus anderen Produkten mitgebracht haben, mit ihrer Geschichte.",
  list: "Importe, die neuesten zuerst",
  none: "Noch nichts mitgebracht",
  none_hint:
    "Die Kommandozeile bringt Links und ihre Klicks aus YOURLS, Shlink, Bitly, Dub, Kutt, Short.io, spoo.me und aus Dateien:",
  origin: "Woher",
  state: "Zustand",
  states: { active: "Läuft", finished: "Fertig", undoing: "Wird rückgängig gemacht", undone: "Rückgängig gemacht" },
  created: "Links angelegt",
  found: "Links gefunden",
  clicks: "Klicks gespeichert",
  set_aside: "Klicks beiseitegelegt",
  began: "Begonnen",
  more: "Mehr zeigen",
};
