import { useId, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Pill, Pills } from "@/ui/pill";
import { NAMED } from "../names";
import type { Question } from "../question";
import { DIMENSIONS, OPERATORS, type DimensionName, type Operator, type StatsFilter } from "../state";
import styles from "./filters.module.css";
import { type Suggestion, useSuggestions } from "./suggestions";

interface FilterEditorProps {
  // undefined: a new one.
  filter: StatsFilter | undefined;
  question: Question;
  // Whether links can be chosen, and found by name.
  hasLinks: boolean;
  onClose: () => void;
  onApply: (filter: StatsFilter) => void;
}

const WHOLE: ReadonlySet<Operator> = new Set(["is", "is_not"]);

// A filter in the making: what is compared, how, and with which values.
export function FilterEditor({ filter, question, hasLinks, onClose, onApply }: FilterEditorProps) {
  const text = useText();
  const words = text.statistics.filters;
  const formId = useId();
  const listId = useId();
  const [dimension, setDimension] = useState<DimensionName>(filter?.dimension ?? "country");
  const [operator, setOperator] = useState<Operator>(filter?.operator ?? "is");
  const [values, setValues] = useState<readonly string[]>(filter?.values ?? []);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const { suggestions, nameOf } = useSuggestions(question, dimension, typed, hasLinks);
  const isCoded = NAMED.has(dimension) || dimension === "link";
  const operators = OPERATORS.filter((each) => !isCoded || WHOLE.has(each));

  // The values with what was typed; undefined when that means nothing.
  const withTyped = (): readonly string[] | undefined => {
    if (typed.trim() === "") {
      return values;
    }
    const value = valueOf(typed.trim(), suggestions) ?? (isCoded ? undefined : typed.trim());
    return value === undefined ? undefined : [...new Set([...values, value])];
  };
  const add = () => {
    const all = withTyped();
    if (!all) {
      setError(words.unknown_value);
      return;
    }
    setValues(all);
    setTyped("");
    setError("");
  };
  const apply = () => {
    const all = withTyped();
    if (!all?.length) {
      setError(all ? words.needs_value : words.unknown_value);
      return;
    }
    onApply({ dimension, operator, values: all });
  };
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      keepsOnOutsideClick
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button kind="primary" type="submit" form={formId}>
            {words.apply}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Field label={words.what}>
          {(wiring) => (
            <select
              {...wiring}
              value={dimension}
              onChange={(event) => {
                setDimension(event.currentTarget.value as DimensionName);
                setOperator("is");
                setValues([]);
              }}
            >
              {DIMENSIONS.filter((each) => hasLinks || (each !== "link" && each !== "code")).map((each) => (
                <option key={each} value={each}>
                  {text.statistics.dimensions[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={words.how}>
          {(wiring) => (
            <select
              {...wiring}
              value={operator}
              onChange={(event) => setOperator(event.currentTarget.value as Operator)}
            >
              {operators.map((each) => (
                <option key={each} value={each}>
                  {words.operators[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        {values.length > 0 && (
          <Pills label={words.values}>
            {values.map((value) => (
              <Pill
                key={value}
                tone="accent"
                removeLabel={words.remove_value(nameOf(value))}
                onRemove={() => setValues(values.filter((each) => each !== value))}
              >
                {nameOf(value)}
              </Pill>
            ))}
          </Pills>
        )}
        <Field label={words.value} hint={words.hint} error={error || undefined}>
          {(wiring) => (
            <div class={styles.typed}>
              <input
                {...wiring}
                list={listId}
                value={typed}
                autoComplete="off"
                spellcheck={false}
                onInput={(event) => setTyped(event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key === "Enter" && typed.trim() !== "") {
                    event.preventDefault();
                    add();
                  }
                }}
              />
              <Button onClick={add}>{words.add_value}</Button>
            </div>
          )}
        </Field>
        <datalist id={listId}>
          {suggestions.map(({ name, value }) => (
            <option key={value} value={name} />
          ))}
        </datalist>
      </form>
    </Dialog>
  );
}

// The value of which somebody typed the name.
function valueOf(typed: string, suggestions: readonly Suggestion[]): string | undefined {
  const wanted = typed.toLocaleLowerCase();
  const exact = suggestions.find(({ name, value }) => name === typed || value === typed);
  return (exact ?? suggestions.find(({ name }) => name.toLocaleLowerCase() === wanted))?.value;
}
