import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { CopyButton } from "@/ui/copy_button";
import { EmptyState } from "@/ui/empty_state";
import { ProblemView } from "@/ui/problem_view";
import { Screen } from "@/ui/screen";
import { Skeleton } from "@/ui/skeleton";
import { ImportTable } from "./import_table";
import { useImports } from "./queries";

const COMMAND = "linkmeter import --help";

// What the account brought from other products, and how far that has come.
export default function ImportsScreen() {
  const text = useText();
  const found = useImports();
  const shown = found.data?.pages.flatMap((page) => page.imports);
  return (
    <Screen title={text.shell.places.imports} lead={text.imports.lead}>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {!shown && !found.error && <Skeleton />}
      {shown?.length === 0 && (
        <EmptyState icon="imports" title={text.imports.none}>
          <p>{text.imports.none_hint}</p>
          <p>
            <code>{COMMAND}</code> <CopyButton value={COMMAND} />
          </p>
        </EmptyState>
      )}
      {shown && shown.length > 0 && (
        <Card isFlush>
          <ImportTable imports={shown} />
        </Card>
      )}
      {found.hasNextPage && (
        <p>
          <Button disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {text.imports.more}
          </Button>
        </p>
      )}
    </Screen>
  );
}
