import { Suspense, lazy } from "preact/compat";
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "@/api/errors";
import { onSignedOut } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty_state";
import { useFormat } from "@/ui/format";
import { ProblemView } from "@/ui/problem_view";
import { Screen } from "@/ui/screen";
import { SecretField } from "@/ui/secret_field";
import { Skeleton } from "@/ui/skeleton";
import { useOpenShare } from "./open_share";
import styles from "./screen.module.css";

const Statistics = lazy(async () => ({ default: (await import("@/statistics/view")).StatisticsView }));

// The statistics of one link, for whoever has the address.
export default function ShareScreen() {
  const text = useText();
  const [token] = useState(() => location.hash.slice(1));
  const { opening, open, begin } = useOpenShare(token);
  // Taken back or expired while it is looked at.
  useEffect(() => onSignedOut(() => void begin()), []);
  switch (opening.state) {
    case "opening":
      return <Skeleton shape="block" />;
    case "open":
      return (
        <Suspense fallback={<Skeleton shape="block" />}>
          <Statistics linkId={opening.link.linkId} isShared title={opening.link.title || opening.link.shortUrl} />
        </Suspense>
      );
    case "asks":
      return <Asks problem={opening.problem} onPassword={open} />;
    case "gone":
      return (
        <Screen title={text.share.shared}>
          <EmptyState icon="statistics" title={text.share.gone}>
            {text.share.gone_hint}
          </EmptyState>
        </Screen>
      );
    case "failed":
      return (
        <Screen title={text.share.shared}>
          <ProblemView error={opening.error} onRetry={() => void begin()} />
        </Screen>
      );
  }
}

interface AsksProps {
  problem: Problem | undefined;
  onPassword: (password: string) => Promise<void>;
}

function Asks({ problem, onPassword }: AsksProps) {
  const text = useText();
  const format = useFormat();
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const wait = format.duration(problem?.retryAfterSeconds ?? 60);
  const words = problem && (problem.kind === "limited" ? text.share.limited(wait) : text.share.wrong);
  return (
    <div class={styles.box}>
      <Screen title={text.share.asks}>
        <Card>
          <form
            class={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              setBusy(true);
              void onPassword(password).finally(() => setBusy(false));
            }}
          >
            <SecretField
              label={text.share.password}
              error={words}
              autocomplete="off"
              value={password}
              onValue={setPassword}
            />
            <Button kind="primary" type="submit" disabled={isBusy}>
              {text.share.open}
            </Button>
          </form>
        </Card>
      </Screen>
    </div>
  );
}
