import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import { type Import, ImportState } from "@proto/linkmeter/links/v1/import_service_pb";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Pill, type Tone } from "@/ui/pill";
import { Table } from "@/ui/table";

type StateName = "active" | "finished" | "undoing" | "undone";

const STATES: Partial<Record<ImportState, { name: StateName; tone: Tone }>> = {
  [ImportState.ACTIVE]: { name: "active", tone: "accent" },
  [ImportState.FINISHED]: { name: "finished", tone: "good" },
  [ImportState.UNDOING]: { name: "undoing", tone: "warning" },
  [ImportState.UNDONE]: { name: "undone", tone: "neutral" },
};

// Imports, newest first, with what became of their links and clicks.
export function ImportTable({ imports }: { imports: readonly Import[] }) {
  const text = useText().imports;
  const format = useFormat();
  const when = (time: Timestamp | undefined) => (time ? format.date_time(timestampDate(time)) : "");
  return (
    <Table caption={text.list}>
      <thead>
        <tr>
          <th scope="col">{text.origin}</th>
          <th scope="col">{text.state}</th>
          <th scope="col" class="number">
            {text.created}
          </th>
          <th scope="col" class="number">
            {text.found}
          </th>
          <th scope="col" class="number">
            {text.clicks}
          </th>
          <th scope="col" class="number">
            {text.set_aside}
          </th>
          <th scope="col">{text.began}</th>
        </tr>
      </thead>
      <tbody>
        {imports.map((each) => {
          const state = STATES[each.state];
          return (
            <tr key={String(each.importId)}>
              <th scope="row">
                {each.origin}
                <br />
                <small>{each.originIdentity}</small>
              </th>
              <td>
                {state && <Pill tone={state.tone}>{text.states[state.name]}</Pill>}{" "}
                <small>{when(each.undoTime ?? each.finishTime)}</small>
              </td>
              <td class="number">{format.number(each.createdLinks)}</td>
              <td class="number">{format.number(each.foundLinks)}</td>
              <td class="number">{format.number(each.storedClicks)}</td>
              <td class="number">{format.number(each.setAsideClicks)}</td>
              <td>{when(each.createTime)}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
