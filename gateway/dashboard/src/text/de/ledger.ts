import type { Text } from "../en";
import { pluralIn } from "../plural";

const plural = pluralIn("de");

export const ledger: Text["ledger"] = {
  title: "Klickbilanz",
  lead: "Was aus jedem Klick geworden ist, der je angenommen wurde. Jede beantwortete Weiterleitung steht in genau einer dieser Zahlen.",
  equation: "angenommen = gespeichert + wartend + verworfen + beiseitegelegt",
  sources: "Quellen",
  source: "Quelle",
  outbox: (id) => `Ausgangspuffer ${id}`,
  terms: {
    accepted: "angenommen",
    stored: "gespeichert",
    pending: "wartend",
    dropped: "verworfen",
    setAside: "beiseitegelegt",
  },
  lag: "Rückstand",
  last_report: "Letzte Meldung",
  state: "Zustand",
  verdicts: {
    good: "Es geht auf",
    wait: "Es geht auf, aber Klicks warten",
    lost: "Es geht auf, aber einige Klicks gingen verloren",
    wrong: "Es geht nicht auf",
  },
  short_verdicts: { good: "geht auf", wait: "wartet", lost: "mit Verlust", wrong: "falsch" },
  explanations: {
    good: () => "Jeder angenommene Klick ist gespeichert oder unterwegs.",
    wait: (lag, sums) =>
      `${plural(sums.pending, { one: "# Klick wartet", other: "# Klicks warten" })} in einem Ausgangspuffer, der älteste seit ${lag}, oder ein Puffer hat sich über eine Minute nicht gemeldet. Sie kommen herein, sobald analytics sie nimmt.`,
    lost: (_lag, sums) =>
      `${plural(sums.dropped, { one: "# Klick wurde", other: "# Klicks wurden" })} verworfen, ${plural(sums.setAside, { one: "# ist", other: "# sind" })} beiseitegelegt. Die Gründe sind gezählt; die Links führten trotzdem ans Ziel.`,
    wrong: (_lag, sums) =>
      `${plural(sums.missing, { one: "# Klick steht", other: "# Klicks stehen" })} in keiner Spalte. Das ist ein Fehler des Systems: Bitte melden Sie ihn.`,
  },
  reasons: "Verworfen:",
  reason_names: {
    missing: "fehlt in der Folge",
    outbox_full: "Ausgangspuffer voll",
    disk_full: "Platte voll",
    disk_error: "Plattenfehler",
  },
  behind: (lag, pending) =>
    `Die Statistik ist ${lag} im Rückstand: ${plural(pending, { one: "# Klick ist", other: "# Klicks sind" })} noch zu zählen. Links führen weiter ans Ziel.`,
  nothing: "Noch wurde kein Klick angenommen",
  nothing_hint: "Folgen Sie einem Link, und sein Ausgangspuffer erscheint hier binnen Sekunden.",
  needs_admin: "Die Klickbilanz ist für Verwalter",
  needs_admin_hint:
    "Sie zählt die Klicks der ganzen Installation und braucht deshalb das Recht admin. Ihre eigenen Zahlen stehen unter Statistik.",
};
