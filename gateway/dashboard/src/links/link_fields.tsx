import type { JSX } from "preact";
import { useText } from "@/text";
import { Field } from "@/ui/field";
import { CodeField } from "./code_field";
import { FORWARDS, type ForwardName, REDIRECT_STATUSES, type Values } from "./form";
import styles from "./links.module.css";
import { useHosts } from "./queries";
import { TagInput } from "./tag_input";
import type { LinkFormState } from "./use_link_form";

interface LinkFieldsProps {
  form: LinkFormState;
  isNew: boolean;
}

type TextName = "destination" | "title" | "note" | "validFrom" | "expire" | "maxClicks" | "password" | "expiredDestination";
type CheckName = "archived" | "privateStats" | "blockBots" | "removesPassword";

// Every field of a link. The usual ones stand open, the others behind a heading.
export function LinkFields({ form, isNew }: LinkFieldsProps) {
  const text = useText().links;
  const hosts = useHosts();
  const { values, set, errors } = form;
  const input = (name: TextName, attributes: JSX.IntrinsicElements["input"] = {}) => (
    <Field label={text.fields[name]} hint={text.hints[name]} error={errors[name]}>
      {(wiring) => (
        <input
          {...attributes}
          {...wiring}
          value={values[name]}
          onInput={(event) => set({ [name]: event.currentTarget.value } as Partial<Values>)}
        />
      )}
    </Field>
  );
  const check = (name: CheckName) => (
    <label class={styles.check}>
      <input
        type="checkbox"
        checked={values[name]}
        onChange={(event) => set({ [name]: event.currentTarget.checked } as Partial<Values>)}
      />
      {text.fields[name]}
    </label>
  );
  return (
    <>
      {input("destination", { type: "url", required: true, autofocus: isNew, placeholder: "https://", maxLength: 8192 })}
      {isNew && (
        <div class={styles.pair}>
          {(hosts.data?.length ?? 0) > 1 && (
            <Field label={text.domain} error={errors.domain}>
              {(wiring) => (
                <select
                  {...wiring}
                  value={values.domain || hosts.data?.[0]}
                  onChange={(event) => set({ domain: event.currentTarget.value })}
                >
                  {hosts.data?.map((host) => (
                    <option key={host} value={host}>
                      {host}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <CodeField values={values} error={errors.code} onChange={(code) => set({ code })} />
        </div>
      )}
      {input("title", { maxLength: 512 })}
      <Field label={text.tags} error={errors.tags}>
        {(wiring) => <TagInput {...wiring} tags={values.tags} onChange={(tags) => set({ tags })} />}
      </Field>
      <Field label={text.fields.note} error={errors.note}>
        {(wiring) => (
          <textarea
            {...wiring}
            rows={2}
            maxLength={4096}
            value={values.note}
            onInput={(event) => set({ note: event.currentTarget.value })}
          />
        )}
      </Field>
      <details open={Boolean(errors.validFrom ?? errors.expire ?? errors.maxClicks ?? errors.expiredDestination)}>
        <summary>{text.groups.limits}</summary>
        <div class={styles.group}>
          <div class={styles.pair}>
            {input("validFrom", { type: "datetime-local", step: 1 })}
            {input("expire", { type: "datetime-local", step: 1 })}
          </div>
          {input("maxClicks", { type: "number", min: 1, max: 1_000_000_000, inputMode: "numeric" })}
          {input("expiredDestination", { type: "url", placeholder: "https://", maxLength: 8192 })}
        </div>
      </details>
      <details open={Boolean(errors.password)}>
        <summary>{text.groups.access}</summary>
        <div class={styles.group}>
          {form.base?.hasPassword && check("removesPassword")}
          {!values.removesPassword && input("password", { type: "password", autocomplete: "new-password", maxLength: 256 })}
          {check("privateStats")}
          {check("blockBots")}
          {!isNew && check("archived")}
        </div>
      </details>
      <details>
        <summary>{text.groups.redirect}</summary>
        <div class={styles.group}>
          <Field label={text.fields.redirectStatus} hint={text.hints.redirectStatus} error={errors.redirectStatus}>
            {(wiring) => (
              <select
                {...wiring}
                value={String(values.redirectStatus)}
                onChange={(event) => set({ redirectStatus: Number(event.currentTarget.value) })}
              >
                {REDIRECT_STATUSES.map((status) => (
                  <option key={status} value={String(status)}>
                    {status} {text.statuses[status]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={text.fields.forward} error={errors.forward}>
            {(wiring) => (
              <select
                {...wiring}
                value={values.forward}
                onChange={(event) => set({ forward: event.currentTarget.value as ForwardName })}
              >
                {FORWARDS.map((name) => (
                  <option key={name} value={name}>
                    {text.forwards[name]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={text.fields.indexable} error={errors.indexable}>
            {(wiring) => (
              <select
                {...wiring}
                value={values.indexable}
                onChange={(event) => set({ indexable: event.currentTarget.value as Values["indexable"] })}
              >
                <option value="">{text.indexing.usual}</option>
                <option value="yes">{text.indexing.yes}</option>
                <option value="no">{text.indexing.no}</option>
              </select>
            )}
          </Field>
        </div>
      </details>
    </>
  );
}
