import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ApiKey } from "@proto/linkmeter/links/v1/links_pb";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { useFormat } from "@/ui/format";
import { Pill, Pills } from "@/ui/pill";
import { Table } from "@/ui/table";

interface KeyTableProps {
  keys: readonly ApiKey[];
  onRevoke: (key: ApiKey) => void;
}

export function KeyTable({ keys, onRevoke }: KeyTableProps) {
  const text = useText();
  const format = useFormat();
  return (
    <Table caption={text.keys.caption}>
      <thead>
        <tr>
          <th scope="col">{text.keys.name}</th>
          <th scope="col">{text.keys.prefix}</th>
          <th scope="col">{text.keys.may}</th>
          <th scope="col">{text.keys.created}</th>
          <th scope="col">{text.keys.last_use}</th>
          <th scope="col">{text.keys.expires}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.apiKeyId}>
            <th scope="row" class="words" title={key.description}>
              {key.title || text.keys.untitled} {key.revoked && <Pill tone="bad">{text.keys.revoked}</Pill>}
            </th>
            <td>
              <code class="one-line">{key.prefix}…</code>
            </td>
            <td>
              <Pills label={text.keys.may}>
                {key.scopes.map((scope) => (
                  <Pill key={scope} tone={scope === "admin" ? "warning" : "neutral"}>
                    {scope}
                  </Pill>
                ))}
              </Pills>
            </td>
            <td>{key.createTime && format.date(timestampDate(key.createTime))}</td>
            <td>{key.lastUseTime ? format.relative(timestampDate(key.lastUseTime)) : text.keys.never}</td>
            <td>{key.expireTime ? format.date_time(timestampDate(key.expireTime)) : text.keys.never}</td>
            <td class="number">
              {!key.revoked && (
                <Button
                  size="small"
                  kind="danger"
                  aria-label={text.keys.revoke_label(key.title || key.prefix)}
                  onClick={() => onRevoke(key)}
                >
                  {text.keys.revoke}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
