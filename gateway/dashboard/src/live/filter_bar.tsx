import { useId, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Pill, Pills } from "@/ui/pill";
import { FILTER_NAMES, type FilterName, type Filters, isFilterName, withFilter, withoutFilter } from "./filters";
import styles from "./screen.module.css";

interface FilterBarProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

// What the clicks are filtered by, each to be taken away where it stands, and a way to add one.
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const text = useText();
  const nameId = useId();
  const valueId = useId();
  const [name, setName] = useState<FilterName>("code");
  const [value, setValue] = useState("");
  const isPeopleOnly = filters.some(([other, chosen]) => other === "class" && chosen === "person");
  const shown = (chosen: string) => chosen || text.live.empty_value;
  return (
    <div class={styles.bar}>
      <label>
        <input
          type="checkbox"
          checked={isPeopleOnly}
          onChange={() =>
            onChange(isPeopleOnly ? withoutFilter(filters, "class") : withFilter(filters, "class", "person"))
          }
        />{" "}
        {text.live.people_only}
      </label>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onChange(withFilter(filters, name, value.trim()));
          setValue("");
        }}
      >
        <label class="visually-hidden" for={nameId}>
          {text.live.filter_by}
        </label>
        <select
          id={nameId}
          value={name}
          onChange={(event) => {
            if (isFilterName(event.currentTarget.value)) {
              setName(event.currentTarget.value);
            }
          }}
        >
          {FILTER_NAMES.map((other) => (
            <option key={other} value={other}>
              {text.live.filters[other]}
            </option>
          ))}
        </select>
        <label class="visually-hidden" for={valueId}>
          {text.live.filter_value}
        </label>
        <input
          id={valueId}
          value={value}
          placeholder={text.live.examples[name]}
          maxLength={512}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit">{text.live.add_filter}</Button>
      </form>
      {filters.length > 0 && (
        <Pills label={text.live.chosen_filters}>
          {filters.map(([chosen, wanted]) => (
            <Pill
              key={chosen}
              tone="accent"
              removeLabel={text.live.remove_filter(`${text.live.filters[chosen]}: ${shown(wanted)}`)}
              onRemove={() => onChange(withoutFilter(filters, chosen))}
            >
              {text.live.filters[chosen]}: {shown(wanted)}
            </Pill>
          ))}
        </Pills>
      )}
    </div>
  );
}
