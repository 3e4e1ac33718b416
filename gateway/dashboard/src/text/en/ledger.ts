export const ledger = {
  title: "Ledger",
  lead: "What became of every click that was accepted.",
};
