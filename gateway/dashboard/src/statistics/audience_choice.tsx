import { useText } from "@/text";
import { AUDIENCES, type Audience } from "./state";
import type { ChangeState } from "./use_state";

// Whether everybody's clicks count, people's, or those of programs, all or of one class.
export function AudienceChoice({ audience, change }: { audience: Audience; change: ChangeState }) {
  const text = useText().statistics;
  return (
    <select
      aria-label={text.audience}
      value={audience}
      onChange={(event) => {
        const chosen = event.currentTarget.value as Audience;
        change((state) => ({ ...state, audience: chosen }));
      }}
    >
      {AUDIENCES.map((name) => (
        <option key={name} value={name}>
          {text.audiences[name]}
        </option>
      ))}
    </select>
  );
}
