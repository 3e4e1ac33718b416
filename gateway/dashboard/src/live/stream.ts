import { clicks } from "@/api/clients";
import { problemOf } from "@/api/errors";
import { sayIfSignedOut } from "@/api/session";
import { type LiveClick, liveClickOf } from "./click";
import { type Filters, conditionsOf } from "./filters";

// live: clicks come as they are stored. polling: they are looked for every second, since Redis is away. behind: older
// ones are being made up for. lost: too long away, what came meanwhile is not shown here.
export type StreamState = "connecting" | "live" | "polling" | "behind" | "reconnecting" | "lost" | "stopped";

export interface News {
  state: StreamState;
  clicks: LiveClick[];
  // Position behind these clicks; whoever goes on watching begins there.
  token: string;
  // What went wrong, where something did.
  problem?: { message: string; requestId: string };
}

// A service ends each stream within a minute, and says something every 15 seconds.
const LONGEST_STREAM_MS = 65_000;
const LONGEST_SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

// Watch clicks until the signal comes; go on after every end and every break where it was. A refusal ends it.
export async function watchClicks(
  filters: Filters,
  token: string,
  signal: AbortSignal,
  publish: (news: News) => void,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const news of oneStream(filters, token, signal)) {
        failures = 0;
        token = news.token;
        publish(news);
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      const { kind, reason, isWorthRetrying, message, requestId, retryAfterSeconds = 0 } = problemOf(error);
      const problem = { message, requestId };
      if (reason === "POSITION_LOST") {
        token = "";
        publish({ state: "lost", clicks: [], token, problem });
        continue;
      }
      // A conflict: we did not take a message in time, as a computer that slept.
      if (!isWorthRetrying && kind !== "conflict") {
        sayIfSignedOut(error);
        publish({ state: "stopped", clicks: [], token, problem });
        return;
      }
      publish({ state: "reconnecting", clicks: [], token, problem });
      const wait = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
      failures += 1;
      await pause(Math.max(wait, retryAfterSeconds * 1000), signal);
    }
  }
}

async function* oneStream(filters: Filters, token: string, signal: AbortSignal): AsyncGenerator<News> {
  const silence = new AbortController();
  const isTooQuiet = () => silence.abort(new TypeError("nothing was heard for too long"));
  let timer = setTimeout(isTooQuiet, LONGEST_SILENCE_MS);
  try {
    const request = { filters: conditionsOf(filters), resumeToken: token };
    const options = { signal: AbortSignal.any([signal, silence.signal]), timeoutMs: LONGEST_STREAM_MS };
    for await (const message of clicks.watchClicks(request, options)) {
      clearTimeout(timer);
      timer = setTimeout(isTooQuiet, LONGEST_SILENCE_MS);
      const state = !message.caughtUp ? "behind" : message.polling ? "polling" : "live";
      yield { state, clicks: message.clicks.map(liveClickOf), token: message.resumeToken };
    }
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
