import { account } from "./en/account";
import { chart, map } from "./en/chart";
import { domains } from "./en/domains";
import { imports } from "./en/imports";
import { keys } from "./en/keys";
import { ledger } from "./en/ledger";
import { links } from "./en/links";
import { live } from "./en/live";
import { period } from "./en/period";
import { sessions } from "./en/sessions";
import { share } from "./en/share";
import { common, problems, shell } from "./en/shell";
import { sign_in } from "./en/sign_in";
import { statistics } from "./en/statistics";
import { tags } from "./en/tags";

// All words of the page. Each screen has a section in a file of its own; what differs by number is a function.
export const en = {
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

// What every other language has to have, too.
export type Text = typeof en;
