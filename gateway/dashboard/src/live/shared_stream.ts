import type { Filters } from "./filters";
import { type News, watchClicks } from "./stream";

const NAME = "linkmeter.live";

type Message =
  // A tab says what it wants to see; null: nothing any more.
  | { kind: "wants"; tab: string; filters: Filters | null }
  // The tab that watches asks who else is there.
  | { kind: "who" }
  | { kind: "news"; news: News };

// The live clicks of this browser: of all tabs that show them, one watches and tells the others, since a browser has six
// connections to a host and a stream takes one for as long as it lasts. When that tab goes, another takes over where it
// was. The stream has the filters that all tabs agree on; each tab filters what it gets once more.
export class SharedStream {
  private readonly tab = crypto.getRandomValues(new Uint32Array(2)).join("-");
  private readonly channel = new BroadcastChannel(NAME);
  private readonly ended = new AbortController();
  private readonly wanted = new Map<string, Filters>();
  private filters: Filters = [];
  private token = "";
  private isLeader = false;
  // Without locks (a page that came over plain http) each tab watches for itself.
  private readonly isAlone = !navigator.locks;
  // Ends the stream that runs, to begin another with other filters.
  private current = new AbortController();
  private asked = "";

  constructor(private readonly listener: (news: News) => void) {
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
  }

  start(filters: Filters): void {
    this.want(filters);
    addEventListener("pagehide", this.leave);
    void this.lead();
  }

  want(filters: Filters): void {
    this.filters = filters;
    this.wanted.set(this.tab, filters);
    this.say({ kind: "wants", tab: this.tab, filters });
    this.askAnewIfNeeded();
  }

  stop(): void {
    removeEventListener("pagehide", this.leave);
    this.leave();
    this.ended.abort();
    this.current.abort();
    this.channel.close();
  }

  private readonly leave = () => this.say({ kind: "wants", tab: this.tab, filters: null });

  private say(message: Message): void {
    if (!this.isAlone && !this.ended.signal.aborted) {
      this.channel.postMessage(message);
    }
  }

  private hear(message: Message): void {
    if (this.isAlone) {
      return;
    }
    if (message.kind === "who") {
      this.say({ kind: "wants", tab: this.tab, filters: this.filters });
    } else if (message.kind === "news") {
      this.receive(message.news);
    } else if (message.filters) {
      this.wanted.set(message.tab, message.filters);
      this.askAnewIfNeeded();
    } else {
      this.wanted.delete(message.tab);
      this.askAnewIfNeeded();
    }
  }

  private receive(news: News): void {
    this.token = news.token;
    this.listener(news);
  }

  // Wait until no other tab watches, and watch.
  private async lead(): Promise<void> {
    if (this.isAlone) {
      return this.watch();
    }
    const whenLocked = () => this.watch();
    await navigator.locks.request(NAME, { signal: this.ended.signal }, whenLocked).catch(() => undefined);
  }

  private async watch(): Promise<void> {
    this.isLeader = true;
    this.say({ kind: "who" });
    while (!this.ended.signal.aborted) {
      this.current = new AbortController();
      const filters = this.common();
      this.asked = JSON.stringify(filters);
      const signal = this.current.signal;
      await watchClicks(filters, this.token, signal, (news) => {
        if (!signal.aborted) {
          this.receive(news);
          this.say({ kind: "news", news });
        }
      });
      if (!signal.aborted) {
        // It was refused: the next want may be answered otherwise.
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
    }
  }

  // What all tabs agree on; nothing when they differ.
  private common(): Filters {
    const distinct = new Set([...this.wanted.values()].map((filters) => JSON.stringify(filters)));
    return distinct.size === 1 ? this.filters : [];
  }

  private askAnewIfNeeded(): void {
    if (this.isLeader && JSON.stringify(this.common()) !== this.asked) {
      this.current.abort();
    }
  }
}
