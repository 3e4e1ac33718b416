import { lazy } from "preact/compat";

const loadStatistics = () => import("./statistics/screen");

// The screens by their addresses below /dashboard. Each is loaded when it is first opened, and has its folder to itself:
// what stands behind its address (an id, for instance) is its own business.
export const SCREENS = [
  // Before all other addresses below /links.
  { path: "/links/:id/statistics", screen: lazy(loadStatistics) },
  { path: "/links/*?", screen: lazy(() => import("./links/screen")) },
  { path: "/statistics/*?", screen: lazy(loadStatistics) },
  { path: "/live", screen: lazy(() => import("./live/screen")) },
  { path: "/ledger", screen: lazy(() => import("./ledger/screen")) },
  { path: "/tags/*?", screen: lazy(() => import("./tags/screen")) },
  { path: "/domains/*?", screen: lazy(() => import("./domains/screen")) },
  { path: "/imports/*?", screen: lazy(() => import("./imports/screen")) },
  { path: "/keys/*?", screen: lazy(() => import("./keys/screen")) },
  { path: "/sessions", screen: lazy(() => import("./sessions/screen")) },
  { path: "/account", screen: lazy(() => import("./account/screen")) },
];

// Fetch what most people open next, once the browser has nothing else to do; one that cannot tell fetches it when it is
// opened.
export function fetchAhead() {
  window.requestIdleCallback?.(() => void loadStatistics());
}

// Those that anybody may see, signed in or not: without the frame, which leads to the others.
export const OPEN_SCREENS = [
  { path: "/sign-in", screen: lazy(() => import("./sign_in/screen")) },
  { path: "/oidc", screen: lazy(() => import("./sign_in/oidc")) },
  { path: "/share/*", screen: lazy(() => import("./share/screen")) },
];
