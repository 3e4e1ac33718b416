import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { Table } from "@/ui/table";
import { type Values, changedNames, valuesOf } from "./form";
import styles from "./links.module.css";
import type { LinkFormState } from "./use_link_form";

// Somebody changed the link while it was typed about: both versions, and which one shall be.
export function Conflict({ form, theirs }: { form: LinkFormState; theirs: Link }) {
  const text = useText();
  const other = valuesOf(theirs);
  const began = form.base ? valuesOf(form.base) : other;
  const names = [...new Set([...form.mineIn, ...changedNames(began, other)])];
  return (
    <div class={styles.conflict}>
      <Notice tone="warning" role="alert" title={text.links.conflict}>
        <p>{text.links.conflict_hint}</p>
      </Notice>
      <Table caption={text.links.conflict}>
        <thead>
          <tr>
            <th scope="col">{text.links.field}</th>
            <th scope="col">{text.links.mine}</th>
            <th scope="col">{text.links.theirs}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name === "tags" ? text.links.tags : text.links.fields[name as keyof typeof text.links.fields]}</th>
              <td>{shown(form.values, name)}</td>
              <td>{shown(other, name)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <p>
        <Button onClick={form.takeTheirs}>{text.links.take_theirs}</Button>{" "}
        <Button kind="primary" onClick={() => void form.keepMine()}>
          {text.links.keep_mine}
        </Button>
      </p>
    </div>
  );
}

// A value in a cell; a password is nobody's to read.
function shown(values: Values, name: keyof Values): string {
  const value = values[name];
  if (name === "password") {
    return value ? "••••••" : "";
  }
  return Array.isArray(value) ? value.join(", ") : String(value);
}
