// What every screen says, and the frame around them.
export const common = {
  product: "Linkmeter",
  loading: "Loading",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  remove: "Remove",
  copy: "Copy",
  copied: "Copied",
  copy_failed: "The browser did not let us copy",
  none: "None",
  unknown: "Unknown",
};

export const shell = {
  skip: "Skip to content",
  navigation: "Main",
  open_menu: "Open menu",
  close_menu: "Close menu",
  theme: "Appearance",
  themes: { system: "System", light: "Light", dark: "Dark" },
  language: "Language",
  places: {
    links: "Links",
    statistics: "Statistics",
    live: "Live",
    ledger: "Ledger",
    tags: "Tags",
    domains: "Domains",
    imports: "Imports",
    keys: "API keys",
    sessions: "Sessions",
    account: "Account",
  },
  not_found: "There is nothing here",
  not_found_hint: "The address may be mistyped, or what it named is gone.",
  to_links: "To your links",
  broken: "This page broke",
  reload: "Reload",
};

export const problems = {
  retry: "Try again",
  request_id: "Request id:",
  // What works all the same when a part of the system is away.
  hints: {
    analytics: "Links lead on as always, and their clicks are kept: they are counted once this part is back.",
    links: "Links that visitors follow lead on as always. Making and changing them has to wait.",
  },
  titles: {
    offline: "There is no connection to the server",
    signed_out: "You are signed out",
    not_allowed: "You may not do this",
    not_found: "This does not exist, or not any more",
    invalid: "Something in this is not right",
    conflict: "Somebody changed this in the meantime",
    exists: "This exists already",
    limited: "That was too much at once",
    unavailable: "A part of the system is not there just now",
    slow: "This took too long",
    broken: "Something broke",
  },
};
