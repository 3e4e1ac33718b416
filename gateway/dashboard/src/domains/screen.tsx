import type { Domain } from "@proto/linkmeter/links/v1/links_pb";
import { useState } from "preact/hooks";
import { may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { ClaimDialog } from "./claim_dialog";
import { DeleteDialog } from "./delete_dialog";
import { DomainCard } from "./domain_card";
import { useDomains } from "./queries";
import { UrlDialog } from "./url_dialog";

type Asking = { what: "claim" } | { what: "url" | "delete"; domain: Domain };

// Host names that serve codes: the installation's, the account's own, and those that it claims and has yet to prove.
export default function DomainsScreen() {
  const text = useText();
  const domains = useDomains();
  const isManager = may(useCaller(), "domains:manage");
  const [asking, setAsking] = useState<Asking>();
  const close = () => setAsking(undefined);
  return (
    <Screen
      title={text.shell.places.domains}
      lead={text.domains.lead}
      actions={
        isManager && (
          <Button kind="primary" icon="plus" onClick={() => setAsking({ what: "claim" })}>
            {text.domains.claim}
          </Button>
        )
      }
    >
      <QueryView query={domains}>
        {(found) =>
          found.map((domain) => (
            <DomainCard
              key={String(domain.domainId)}
              domain={domain}
              isManager={isManager}
              onChangeUrl={() => setAsking({ what: "url", domain })}
              onDelete={() => setAsking({ what: "delete", domain })}
            />
          ))
        }
      </QueryView>
      {asking?.what === "claim" && <ClaimDialog onClose={close} />}
      {asking?.what === "url" && <UrlDialog domain={asking.domain} onClose={close} />}
      {asking?.what === "delete" && <DeleteDialog domain={asking.domain} onClose={close} />}
    </Screen>
  );
}
