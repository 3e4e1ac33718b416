import { ledger } from "./de/ledger";
import { live } from "./de/live";
import { common, problems, shell } from "./de/shell";
import type { Text } from "./en";

export const de: Text = { common, shell, problems, live, ledger };
