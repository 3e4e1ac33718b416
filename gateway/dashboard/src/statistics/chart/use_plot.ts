import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { onThemeChange, paletteOf } from "./palette";
import { type PlotEvents, plot, sizeOf } from "./plot";
import type { Chart } from "./props";

// Draws the chart into root, anew when its numbers change; it follows the width of root and the theme.
export function usePlot(root: RefObject<HTMLElement | null>, chart: Chart, events: PlotEvents): RefObject<uPlot | null> {
  const drawn = useRef<uPlot | null>(null);
  // Callbacks are new with each rendering, and no reason to draw.
  const latest = useRef(events);
  latest.current = events;
  // How often the theme has changed.
  const [theme, setTheme] = useState(0);
  useEffect(() => onThemeChange(() => setTheme((former) => former + 1)), []);
  const { starts, series, bucket, interval, timeZone, locale } = chart;
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const self = plot(element, chart, paletteOf(element), {
      onCursor: (index) => latest.current.onCursor(index),
      onSelect: (first, last) => latest.current.onSelect(first, last),
    });
    drawn.current = self;
    const endTouch = followTouch(self);
    const observer = new ResizeObserver(() => {
      const size = sizeOf(element);
      if (size.width !== self.width || size.height !== self.height) self.setSize(size);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      endTouch();
      self.destroy();
      element.replaceChildren();
      drawn.current = null;
    };
  }, [root, starts, series, bucket, interval.start, interval.end, timeZone, locale, theme]);
  return drawn;
}

// uPlot hears the mouse only: a finger moves the cursor, and still scrolls the page up and down (touch-action: pan-y).
function followTouch(self: uPlot): () => void {
  const follow = (event: PointerEvent) => {
    if (event.pointerType === "mouse") return;
    const box = self.over.getBoundingClientRect();
    self.setCursor({ left: event.clientX - box.left, top: event.clientY - box.top });
  };
  self.over.addEventListener("pointerdown", follow);
  self.over.addEventListener("pointermove", follow);
  return () => {
    self.over.removeEventListener("pointerdown", follow);
    self.over.removeEventListener("pointermove", follow);
  };
}
