import { useQuery } from "@tanstack/react-query";
import { tags } from "@/api/clients";
import { useText } from "@/text";
import type { ChangeState } from "./use_state";

// Which tag's links are looked at; nothing where there are no tags.
export function TagChoice({ tag, change }: { tag: string; change: ChangeState }) {
  const text = useText().statistics;
  const { data } = useQuery({
    queryKey: ["statistics", "tags"],
    queryFn: async ({ signal }) => (await tags.listTags({ withBareNames: true }, { signal })).tags.map(({ name }) => name),
    staleTime: 60_000,
  });
  const names = [...new Set([...(tag ? [tag] : []), ...(data ?? [])])];
  if (!names.length) {
    return null;
  }
  return (
    <select
      aria-label={text.tag}
      value={tag}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        change((state) => ({ ...state, tag: chosen }));
      }}
    >
      <option value="">{text.any_tag}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
