import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useMemo, useState } from "preact/hooks";
import { links } from "@/api/clients";
import { problemOf } from "@/api/errors";
import { EMPTY, type Values, changedNames, draftOf, nameOfField, updateOf, valuesOf } from "./form";
import { useCreateLink, useUpdateLink } from "./queries";

interface Told {
  onCreated: (link: Link) => void;
  onSaved: () => void;
}

// What is typed about a link, and saving it. link: undefined for a new one.
export function useLinkForm(link: Link | undefined, { onCreated, onSaved }: Told) {
  // The version that the typing began with; another one once the reader has seen that somebody changed it.
  const [base, setBase] = useState(link);
  const [values, setValues] = useState<Values>(() => (link ? valuesOf(link) : EMPTY));
  const [theirs, setTheirs] = useState<Link>();
  const create = useCreateLink();
  const update = useUpdateLink();
  const before = base ? valuesOf(base) : EMPTY;
  const isDirty = base ? changedNames(before, values).length > 0 : JSON.stringify(values) !== JSON.stringify(EMPTY);
  // The same typing sent twice creates one link, whatever became of the first answer.
  const key = useMemo(randomText, [JSON.stringify(values)]);
  const error = create.error ?? update.error;
  const problem = error ? problemOf(error) : undefined;
  const wrong = problem?.kind === "exists" ? "code" : nameOfField(problem?.field ?? "");

  const save = async (over: Link | undefined = base) => {
    try {
      if (!over) {
        onCreated(await create.mutateAsync({ draft: draftOf(values), key }));
        return;
      }
      // Of what is typed only that counts which differs from what it began with.
      const wanted = updateOf(before, values, over.linkId, over.etag);
      if (wanted) {
        await update.mutateAsync(wanted);
      }
      onSaved();
    } catch (caught) {
      if (over && problemOf(caught).kind === "conflict") {
        setTheirs(await links.getLink({ linkId: over.linkId }).catch(() => undefined));
      }
    }
  };

  return {
    base,
    values,
    set: (change: Partial<Values>) => setValues((old) => ({ ...old, ...change })),
    isDirty,
    isBusy: create.isPending || update.isPending,
    // An error that belongs to no field; a conflict is shown with both versions.
    error: theirs || wrong ? undefined : (error ?? undefined),
    // What the service says of each field.
    errors: wrong && problem ? { [wrong]: problem.message } : ({} as Partial<Record<keyof Values, string>>),
    theirs,
    mineIn: theirs ? changedNames(before, values) : [],
    save: () => save(),
    keepMine: () => {
      const over = theirs;
      setTheirs(undefined);
      setBase(over);
      // Fields that only they changed stay theirs.
      if (over) {
        const mine = Object.fromEntries(changedNames(before, values).map((name) => [name, values[name]]));
        setValues({ ...valuesOf(over), ...mine });
      }
      return save(over);
    },
    takeTheirs: () => {
      if (theirs) {
        setBase(theirs);
        setValues(valuesOf(theirs));
        setTheirs(undefined);
        update.reset();
      }
    },
  };
}

export type LinkFormState = ReturnType<typeof useLinkForm>;

// Browsers have no randomUUID on pages without a secure connection.
function randomText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
