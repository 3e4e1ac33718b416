import type { Tag } from "@proto/linkmeter/links/v1/tag_service_pb";
import { useState } from "preact/hooks";
import { may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty_state";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { DeleteTagDialog } from "./delete_tag_dialog";
import { MergeDialog } from "./merge_dialog";
import { useTags } from "./queries";
import { TagDialog } from "./tag_dialog";
import { TagTable } from "./tag_table";

type Asking = { what: "new" | "merge" } | { what: "edit" | "delete"; tag: Tag };

// The names that links carry: renamed, merged, coloured and deleted on all links at once.
export default function TagsScreen() {
  const text = useText();
  const tags = useTags();
  const isWriter = may(useCaller(), "links:write");
  const [asking, setAsking] = useState<Asking>();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const close = () => setAsking(undefined);
  return (
    <Screen
      title={text.shell.places.tags}
      lead={text.tags.lead}
      actions={
        isWriter && (
          <>
            <Button disabled={chosen.length < 2} onClick={() => setAsking({ what: "merge" })}>
              {text.tags.merge}
            </Button>
            <Button kind="primary" icon="plus" onClick={() => setAsking({ what: "new" })}>
              {text.tags.create}
            </Button>
          </>
        )
      }
    >
      <QueryView query={tags}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon="tags" title={text.tags.none}>
              {text.tags.none_hint}
            </EmptyState>
          ) : (
            <Card isFlush>
              <TagTable
                tags={found}
                isWriter={isWriter}
                chosen={chosen}
                onChoose={setChosen}
                onEdit={(tag) => setAsking({ what: "edit", tag })}
                onDelete={(tag) => setAsking({ what: "delete", tag })}
              />
            </Card>
          )
        }
      </QueryView>
      {asking?.what === "new" && <TagDialog tag={undefined} onClose={close} />}
      {asking?.what === "edit" && <TagDialog tag={asking.tag} onClose={close} />}
      {asking?.what === "delete" && <DeleteTagDialog tag={asking.tag} onClose={close} />}
      {asking?.what === "merge" && (
        <MergeDialog
          names={chosen}
          onClose={close}
          onMerged={() => {
            setChosen([]);
            close();
          }}
        />
      )}
    </Screen>
  );
}
