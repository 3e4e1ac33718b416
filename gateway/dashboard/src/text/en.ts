import { ledger } from "./en/ledger";
import { live } from "./en/live";
import { common, problems, shell } from "./en/shell";

// All words of the page. Each screen has a section in a file of its own; what differs by number is a function.
export const en = { common, shell, problems, live, ledger };

// What every other language has to have, too.
export type Text = typeof en;
