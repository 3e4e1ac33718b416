import type { Text } from "../en";

export const common: Text["common"] = {
  product: "Linkmeter",
  loading: "Wird geladen",
  close: "Schließen",
  cancel: "Abbrechen",
  save: "Speichern",
  remove: "Entfernen",
  copy: "Kopieren",
  copied: "Kopiert",
  copy_failed: "Der Browser hat das Kopieren nicht erlaubt",
  none: "Keine",
  unknown: "Unbekannt",
};

export const shell: Text["shell"] = {
  skip: "Zum Inhalt",
  navigation: "Hauptmenü",
  open_menu: "Menü öffnen",
  close_menu: "Menü schließen",
  theme: "Aussehen",
  themes: { system: "System", light: "Hell", dark: "Dunkel" },
  language: "Sprache",
  places: {
    links: "Links",
    statistics: "Statistik",
    live: "Live",
    ledger: "Klickbilanz",
    tags: "Tags",
    domains: "Domains",
    imports: "Importe",
    keys: "API-Schlüssel",
    sessions: "Sitzungen",
    account: "Konto",
  },
  not_found: "Hier ist nichts",
  not_found_hint: "Vielleicht ist die Adresse vertippt, oder was sie benannte, gibt es nicht mehr.",
  to_links: "Zu Ihren Links",
  broken: "Diese Seite ist kaputtgegangen",
  reload: "Neu laden",
};

export const problems: Text["problems"] = {
  retry: "Noch einmal versuchen",
  request_id: "Anfrage-Kennung:",
  hints: {
    analytics: "Links führen weiter ans Ziel, und ihre Klicks werden aufgehoben: Sie zählen, sobald dieser Teil wieder da ist.",
    links: "Links führen Besucher weiter ans Ziel. Anlegen und Ändern muss warten.",
  },
  titles: {
    offline: "Es gibt keine Verbindung zum Server",
    signed_out: "Sie sind abgemeldet",
    not_allowed: "Das dürfen Sie nicht",
    not_found: "Das gibt es nicht, oder nicht mehr",
    invalid: "Daran stimmt etwas nicht",
    conflict: "Jemand hat das inzwischen geändert",
    exists: "Das gibt es schon",
    limited: "Das war zu viel auf einmal",
    unavailable: "Ein Teil des Systems ist gerade nicht da",
    slow: "Das hat zu lange gedauert",
    broken: "Da ist etwas kaputtgegangen",
  },
};
