import { account } from "./de/account";
import { chart, map } from "./de/chart";
import { domains } from "./de/domains";
import { imports } from "./de/imports";
import { keys } from "./de/keys";
import { ledger } from "./de/ledger";
import { links } from "./de/links";
import { live } from "./de/live";
import { period } from "./de/period";
import { sessions } from "./de/sessions";
import { share } from "./de/share";
import { common, problems, shell } from "./de/shell";
import { sign_in } from "./de/sign_in";
import { statistics } from "./de/statistics";
import { tags } from "./de/tags";
import type { Text } from "./en";

export const de: Text = {
  common,
  shell,
  problems,
  account,
  chart,
  domains,
  imports,
  keys,
  ledger,
  links,
  live,
  map,
  period,
  sessions,
  share,
  sign_in,
  statistics,
  tags,
};
