import { useMemo } from "preact/hooks";
import { useLanguage } from "@/text";

export interface Format {
  locale: string;
  // 12,345 – with digits behind the point where the number has some, at most 2.
  number: (value: number | bigint) => string;
  // 12.3k, for where there is little room; the whole number belongs into a title.
  compact: (value: number | bigint) => string;
  // 0.123 as 12.3 %.
  percent: (share: number) => string;
  // 0.123 as +12 %.
  change: (share: number) => string;
  date: (time: Date | number) => string;
  date_time: (time: Date | number) => string;
  // With seconds.
  time: (time: Date | number) => string;
  // "3 minutes ago", "in 2 days".
  relative: (time: Date | number, now?: Date | number) => string;
  // 90 as "1 min, 30 sec"; less than a second as "0 sec".
  duration: (seconds: number) => string;
  // "US" as "United States", and the code itself where it is unknown.
  country: (code: string) => string;
  // "de" as "German".
  language: (code: string) => string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

export function formatOf(locale: string): Format {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: 0,
    signDisplay: "exceptZero",
  });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const countries = new Intl.DisplayNames(locale, { type: "region" });
  const languages = new Intl.DisplayNames(locale, { type: "language" });
  return {
    locale,
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    change: (share) => change.format(share),
    date: (value) => date.format(value),
    date_time: (value) => dateTime.format(value),
    time: (value) => time.format(value),
    relative: (value, now = Date.now()) => {
      const seconds = (Number(value) - Number(now)) / 1000;
      const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
      return relative.format(Math.trunc(seconds / size), unit);
    },
    duration: (seconds) => durationText(locale, seconds),
    country: (code) => nameOf(countries, code),
    language: (code) => nameOf(languages, code),
  };
}

function durationText(locale: string, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "day"],
    [Math.floor(whole / 3600) % 24, "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([count]) => count > 0);
  const words = shown.map(([count, unit]) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count),
  );
  return new Intl.ListFormat(locale, { type: "unit", style: "short" }).format(words);
}

function nameOf(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    // Not of the form of a code: it came from a client.
    return code;
  }
}

// Numbers, dates and names as the reader writes them.
export function useFormat(): Format {
  const { locale } = useLanguage();
  return useMemo(() => formatOf(locale), [locale]);
}
