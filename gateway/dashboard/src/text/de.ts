import { account } from "./de/account";
import { domains } from "./de/domains";
import { imports } from "./de/imports";
import { keys } from "./de/keys";
import { ledger } from "./de/ledger";
import { links } from "./de/links";
import { live } from "./de/live";
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
  domains,
  imports,
  keys,
  ledger,
  links,
  live,
  sessions,
  share,
  sign_in,
  statistics,
  tags,
};
