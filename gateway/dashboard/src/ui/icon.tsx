// Simple strokes on a grid of 24, drawn for this page. Words beside them say what they mean, so readers skip them.
const PATHS = {
  links: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  statistics: "M4 20V10m5.3 10V4m5.4 16v-7M20 20V8",
  live: "M12 12h.01M8.5 15.5a5 5 0 0 1 0-7m7 7a5 5 0 0 0 0-7M5.6 18.4a9 9 0 0 1 0-12.8m12.8 12.8a9 9 0 0 0 0-12.8",
  ledger: "M5 4h14v16H5zM9 9h6m-6 4h6m-6 4h3",
  domains: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 0c3 3 3 15 0 18m0-18c-3 3-3 15 0 18M3.5 12h17",
  tags: "M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01",
  keys: "M15 9h.01M15.5 14.5a5.5 5.5 0 1 0-5.3-4L4 16.5V20h4v-2h2v-2h2l1.2-1.7c.7.2 1.5.3 2.3.2z",
  sessions: "M4 5h16v11H4zM9 20h6m-3-4v4",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8c.6-4 3.5-6 7-6s6.4 2 7 6",
  imports: "M12 4v11m0 0 4-4m-4 4-4-4M5 20h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "m6 6 12 12M18 6 6 18",
  copy: "M9 9h10v11H9zM6 15H5V4h10v2",
  check: "m5 12.5 4.5 4.5L19 7.5",
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4.5 4.5",
  external: "M14 4h6v6m0-6-9 9M18 14v6H4V6h6",
  warning: "M12 4 2.8 20h18.4zM12 10v4m0 3h.01",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  down: "m6 9 6 6 6-6",
  pause: "M9 5v14M15 5v14",
  play: "M8 5v14l11-7z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0-13v1.5M12 19.5V21M3 12h1.5m15 0H21M5.6 5.6l1 1m10.8 10.8 1 1m0-12.8-1 1M6.6 17.4l-1 1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
