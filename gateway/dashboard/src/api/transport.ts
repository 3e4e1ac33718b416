import type { Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

const LONGEST_CALL_MS = 20_000;
const SHARED_PAGE = /^\/dashboard\/share\/([0-9A-Za-z]{8})(?:\/|$)/;

// The share that the page of an address shows; empty for all other pages.
export function shareTagOf(path: string): string {
  return SHARED_PAGE.exec(path)?.[1] ?? "";
}

// A page that shows a share acts as who opened that, also in the browser of somebody who is signed in.
const asShare: Interceptor = (next) => (request) => {
  const tag = shareTagOf(location.pathname);
  if (tag) {
    request.header.set("x-share", tag);
  }
  return next(request);
};

// gRPC-Web to where this page came from. The session's cookie goes along, since it is our own origin.
export const transport = createGrpcWebTransport({
  baseUrl: location.origin,
  defaultTimeoutMs: LONGEST_CALL_MS,
  interceptors: [asShare],
});
