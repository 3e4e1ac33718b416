import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveClick } from "./click";
import { type Filters, passes } from "./filters";
import { Recent } from "./recent";
import { SharedStream } from "./shared_stream";
import type { News, StreamState } from "./stream";

// However many clicks come, the page is drawn this often at most.
const DRAW_EVERY_MS = 200;

export interface Live {
  state: StreamState;
  problem: News["problem"];
  clicks: readonly LiveClick[];
  inLastMinute: number;
  // Clicks that came since the list was paused.
  waiting: number;
}

const NOTHING: Live = { state: "connecting", problem: undefined, clicks: [], inLastMinute: 0, waiting: 0 };

// The clicks as they are stored, from now on. While it is paused, the list stands still and nothing is lost but what no
// longer fits.
export function useLive(filters: Filters, isPaused: boolean): Live {
  const [live, setLive] = useState(NOTHING);
  const recent = useRef(new Recent());
  const last = useRef<News>({ state: "connecting", clicks: [], token: "" });
  const waiting = useRef(0);
  const stream = useRef<SharedStream | undefined>(undefined);
  const wanted = useRef({ filters, isPaused });
  wanted.current = { filters, isPaused };
  const key = JSON.stringify(filters);

  useEffect(() => {
    const shared = new SharedStream((news) => {
      last.current = news;
      const passing = news.clicks.filter((click) => passes(click, wanted.current.filters));
      recent.current.add(passing, Date.now());
      waiting.current += passing.length;
    });
    stream.current = shared;
    shared.start(wanted.current.filters);
    const timer = setInterval(() => setLive((shown) => drawn(shown)), DRAW_EVERY_MS);
    return () => {
      clearInterval(timer);
      shared.stop();
    };
  }, []);

  useEffect(() => {
    recent.current = new Recent();
    waiting.current = 0;
    setLive((shown) => ({ ...NOTHING, state: shown.state }));
    stream.current?.want(wanted.current.filters);
  }, [key]);

  function drawn(shown: Live): Live {
    const { state, problem } = last.current;
    const stands = wanted.current.isPaused;
    if (!stands) {
      waiting.current = 0;
    }
    const clicks = stands ? shown.clicks : recent.current.clicks;
    const next = { state, problem, clicks, inLastMinute: recent.current.inLastMinute(Date.now()), waiting: waiting.current };
    // The same again is not drawn again.
    const isSame = (Object.keys(next) as (keyof Live)[]).every((name) => next[name] === shown[name]);
    return isSame ? shown : next;
  }

  return live;
}
