// The address of the sign-in screen that leads back to a screen of ours: its path and query, without the base.
export function signInFor(path: string, search: string): string {
  const back = `${path}${search ? `?${search}` : ""}`;
  return back === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(back)}`;
}

// Where to go once one is in: to a screen of ours, whatever the address says.
export function destinationOf(search: string): string {
  const to = new URLSearchParams(search).get("to") ?? "";
  return /^\/(?![/\\])/.test(to) && !to.startsWith("/sign-in") ? to : "/links";
}

// The token of an address that signs in once.
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
}
