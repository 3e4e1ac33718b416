import { pluralIn } from "../plural";

const plural = pluralIn("en");

export const sessions = {
  title: "Sessions",
  lead: "Browsers that are signed in to your account. A session ends by itself when it is not used.",
  caption: "Signed-in browsers",
  browser: "Browser",
  method: "Signed in with",
  network: "From network",
  created: "Signed in",
  last_use: "Last used",
  expires: "Ends",
  this_one: "This browser",
  this_machine: "The server's own machine",
  methods: {
    0: "Unknown",
    1: "Password",
    2: "API key",
    3: "One-time address",
    4: "Single sign-on",
  } as Record<number, string>,
  agent: (browser: string, system: string) => (browser && system ? `${browser} on ${system}` : browser || system),
  unknown_agent: "Unknown program",
  end: "End",
  end_label: (agent: string) => `End the session of ${agent}`,
  end_title: "End this session?",
  end_hint: "That browser has to sign in again. Nothing else is lost.",
  end_others: "End all others",
  end_others_title: "End all other sessions?",
  end_others_hint: "Every browser but this one has to sign in again.",
  ended: "The session has ended",
  others_ended: (count: number) => plural(count, { one: "# session has ended", other: "# sessions have ended" }),
  only_this: "No other browser is signed in.",
  needs_keys: "This session may not see the others: it was signed in with an API key that may not manage keys.",
};
