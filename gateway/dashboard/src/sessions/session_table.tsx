import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type { Session } from "@proto/linkmeter/links/v1/session_service_pb";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { useFormat } from "@/ui/format";
import { Pill } from "@/ui/pill";
import { Table } from "@/ui/table";
import { agentOf } from "./agent";

interface SessionTableProps {
  sessions: readonly Session[];
  onEnd: (session: Session) => void;
}

export function SessionTable({ sessions, onEnd }: SessionTableProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = ({ userAgent }: Session) => {
    const { browser, system } = agentOf(userAgent);
    return text.sessions.agent(browser, system) || text.sessions.unknown_agent;
  };
  const placeOf = (network: string) =>
    /^(127\.|::1$)/.test(network) ? text.sessions.this_machine : network || text.common.unknown;
  const moment = (time: Timestamp | undefined) => time && (
    <time dateTime={timestampDate(time).toISOString()} title={format.date_time(timestampDate(time))}>
      {format.relative(timestampDate(time))}
    </time>
  );
  return (
    <Table caption={text.sessions.caption}>
      <thead>
        <tr>
          <th scope="col">{text.sessions.browser}</th>
          <th scope="col">{text.sessions.method}</th>
          <th scope="col">{text.sessions.network}</th>
          <th scope="col">{text.sessions.created}</th>
          <th scope="col">{text.sessions.last_use}</th>
          <th scope="col">{text.sessions.expires}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.sessionId}>
            <th scope="row" class="words" title={session.userAgent}>
              {nameOf(session)} {session.current && <Pill tone="accent">{text.sessions.this_one}</Pill>}
            </th>
            <td>{text.sessions.methods[session.method] ?? text.sessions.methods[0]}</td>
            <td>{placeOf(session.network)}</td>
            <td>{moment(session.createTime)}</td>
            <td>{moment(session.lastUseTime)}</td>
            <td>{moment(session.expireTime)}</td>
            <td class="number">
              <Button
                size="small"
                aria-label={session.current ? undefined : text.sessions.end_label(nameOf(session))}
                onClick={() => onEnd(session)}
              >
                {session.current ? text.sign_in.sign_out : text.sessions.end}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
