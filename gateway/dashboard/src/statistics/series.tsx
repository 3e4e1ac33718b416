import { Suspense, lazy } from "preact/compat";
import { useMemo } from "preact/hooks";
import { useText } from "@/text";
import { Skeleton } from "@/ui/skeleton";
import type { Page, Series as Numbers, Visitors } from "./answer";
import type { ChartSeries } from "./chart/props";
import { periodOf } from "./period/periods";
import type { BucketName, Interval } from "./period/props";
import type { StatsState } from "./state";
import type { ChangeState } from "./use_state";

const TimeChart = lazy(() => import("./chart/chart"));

interface SeriesProps {
  state: StatsState;
  change: ChangeState;
  page: Page;
  visitors: Visitors | undefined;
  bucket: BucketName;
  timeZone: string;
  now: number;
}

// The chosen metric over time, with what it is compared with.
export function Series({ state, change, page, visitors, bucket, timeZone, now }: SeriesProps) {
  const text = useText().statistics;
  const isOfVisitors = state.metric === "visitors";
  const column = state.metric === "people" ? 1 : 0;
  const [counted, before] = isOfVisitors
    ? [visitors?.series, visitors?.seriesBefore]
    : [page.series, page.seriesBefore];
  const series = useMemo<ChartSeries[]>(() => {
    const values = (numbers: Numbers) => valuesOf(numbers, column, isOfVisitors ? page.rawSince : null);
    const compared = before ? { compared: values(before) } : {};
    const [key, label] = [state.metric, text.metrics[state.metric]];
    return counted ? [{ key, label, values: values(counted), ...compared }] : [];
  }, [counted, before, column, isOfVisitors, page.rawSince, state.metric, text]);
  const interval = page.interval;
  const zoom = (chosen: Interval) =>
    change((former) => ({ ...former, period: periodOf(chosen, now, timeZone), bucket: null }));
  if (!interval) {
    // There was never a click.
    return null;
  }
  if (!counted) {
    return <Skeleton shape="block" />;
  }
  return (
    <Suspense fallback={<Skeleton shape="block" />}>
      <TimeChart
        starts={counted.starts}
        series={series}
        comparedStarts={before?.starts}
        comparedInterval={page.compared ?? undefined}
        bucket={bucket}
        interval={interval}
        timeZone={timeZone}
        now={now}
        onZoom={zoom}
      />
    </Suspense>
  );
}

// One number a bucket; null where there are no raw clicks to count from.
function valuesOf(numbers: Numbers, column: number, rawSince: number | null): (number | null)[] {
  return numbers.values.map((row, place) => {
    const start = numbers.starts[place] ?? 0;
    return rawSince !== null && start < rawSince ? null : (row[column] ?? 0);
  });
}
