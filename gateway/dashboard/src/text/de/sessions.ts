import type { Text } from "../en";
import { pluralIn } from "../plural";

const plural = pluralIn("de");

export const sessions: Text["sessions"] = {
  title: "Sitzungen",
  lead: "Browser, die an Ihrem Konto angemeldet sind. Eine Sitzung endet von selbst, wenn sie nicht benutzt wird.",
  caption: "Angemeldete Browser",
  browser: "Browser",
  method: "Angemeldet mit",
  network: "Aus dem Netz",
  created: "Angemeldet",
  last_use: "Zuletzt benutzt",
  expires: "Endet",
  this_one: "Dieser Browser",
  this_machine: "Der Server selbst",
  methods: {
    0: "Unbekannt",
    1: "Passwort",
    2: "API-Schlüssel",
    3: "Einmal-Adresse",
    4: "Single Sign-on",
  },
  agent: (browser, system) => (browser && system ? `${browser} unter ${system}` : browser || system),
  unknown_agent: "Unbekanntes Programm",
  end: "Beenden",
  end_label: (agent) => `Sitzung von ${agent} beenden`,
  end_title: "Diese Sitzung beenden?",
  end_hint: "Jener Browser muss sich neu anmelden. Sonst geht nichts verloren.",
  end_others: "Alle anderen beenden",
  end_others_title: "Alle anderen Sitzungen beenden?",
  end_others_hint: "Jeder Browser außer diesem muss sich neu anmelden.",
  ended: "Die Sitzung ist beendet",
  others_ended: (count) => plural(count, { one: "# Sitzung ist beendet", other: "# Sitzungen sind beendet" }),
  only_this: "Kein anderer Browser ist angemeldet.",
  needs_keys: "Diese Sitzung darf die anderen nicht sehen: sie kommt von einem API-Schlüssel, der keine Schlüssel verwalten darf.",
};
