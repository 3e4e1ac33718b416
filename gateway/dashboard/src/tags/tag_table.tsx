import type { Tag } from "@proto/linkmeter/links/v1/tag_service_pb";
import { Link } from "wouter";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { useFormat } from "@/ui/format";
import { Table } from "@/ui/table";
import styles from "./tags.module.css";

interface TagTableProps {
  tags: readonly Tag[];
  isWriter: boolean;
  // Names.
  chosen: readonly string[];
  onChoose: (names: readonly string[]) => void;
  onEdit: (tag: Tag) => void;
  onDelete: (tag: Tag) => void;
}

// Tags with their links. A name without a tag can be made one by a colour, and cannot be deleted but by merging.
export function TagTable({ tags, isWriter, chosen, onChoose, onEdit, onDelete }: TagTableProps) {
  const text = useText().tags;
  const format = useFormat();
  return (
    <Table caption={text.list}>
      <thead>
        <tr>
          {isWriter && (
            <th scope="col">
              <span class="visually-hidden">{text.chosen}</span>
            </th>
          )}
          <th scope="col">{text.name}</th>
          <th scope="col" class="number">
            {text.links}
          </th>
          {isWriter && (
            <th scope="col">
              <span class="visually-hidden">{text.actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {tags.map((tag) => (
          <tr key={tag.name}>
            {isWriter && (
              <td>
                <input
                  type="checkbox"
                  aria-label={text.choose(tag.name)}
                  checked={chosen.includes(tag.name)}
                  onChange={(event) =>
                    onChoose(
                      event.currentTarget.checked ? [...chosen, tag.name] : chosen.filter((name) => name !== tag.name),
                    )
                  }
                />
              </td>
            )}
            <th scope="row">
              <span class={styles.dot} style={{ backgroundColor: tag.color }} aria-hidden="true" />
              {tag.name}
            </th>
            <td class="number">
              <Link href={`/links?tag=${encodeURIComponent(tag.name)}`}>{format.number(tag.linkCount)}</Link>
            </td>
            {isWriter && (
              <td class="number">
                <Button size="small" kind="quiet" aria-label={text.edit_of(tag.name)} onClick={() => onEdit(tag)}>
                  {text.edit}
                </Button>
                {tag.tagId !== 0n && (
                  <Button size="small" kind="quiet" aria-label={text.delete_of(tag.name)} onClick={() => onDelete(tag)}>
                    {text.delete}
                  </Button>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
