import type { Text } from "../en";

export const ledger: Text["ledger"] = {
  title: "Klickbilanz",
  lead: "Was aus jedem angenommenen Klick geworden ist.",
};
