import { createGrpcWebTransport } from "@connectrpc/connect-web";

const LONGEST_CALL_MS = 20_000;

// gRPC-Web to where this page came from. The session's cookie goes along, since it is our own origin.
export const transport = createGrpcWebTransport({
  baseUrl: location.origin,
  defaultTimeoutMs: LONGEST_CALL_MS,
});
