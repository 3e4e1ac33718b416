import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useLocation, useRoute, useSearch, useSearchParams } from "wouter";
import { may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { type Listed, isFiltered, listedOf, queryOf } from "./address";
import { BulkBar } from "./bulk_bar";
import { FilterBar } from "./filter_bar";
import { LinkDialog } from "./link_dialog";
import { LinkList } from "./link_list";
import { NoLinks } from "./no_links";
import { Pages } from "./pages";
import { useLinks, useNumbers } from "./queries";
import { useKeys } from "./use_keys";

// The account's links. What is listed is in the address's query; the link that is open, in its path.
export default function LinksScreen() {
  const text = useText();
  const [query, setQuery] = useSearchParams();
  const listed = listedOf(query);
  const found = useLinks(listed);
  const numbers = useNumbers(found.data?.links);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Link>>(new Map());
  const search = useRef<HTMLInputElement>(null);
  const { opened, open, close } = useOpened();
  const isWriter = may(useCaller(), "links:write");
  const list = useRef<HTMLOListElement>(null);
  useKeys({ search, list, onNew: isWriter ? () => open("new") : undefined });
  const change = useCallback(
    // What is typed does not become a step of the browser's way back; a page does.
    (next: Listed, isStep = false) => setQuery(queryOf(next), { replace: !isStep }),
    [setQuery],
  );
  // Of rows that were changed meanwhile, those that are on the page now are what is meant.
  useEffect(() => {
    if (found.data) {
      setChosen((before) => renewed(before, found.data.links));
    }
  }, [found.data]);
  return (
    <Screen
      title={text.shell.places.links}
      actions={
        isWriter && (
          <Button kind="primary" icon="plus" aria-keyshortcuts="n" onClick={() => open("new")}>
            {text.links.create}
          </Button>
        )
      }
    >
      <FilterBar
        listed={listed}
        onChange={change}
        searchRef={search}
        isListed={found.isFetched && !numbers.isFetching}
      />
      {chosen.size > 0 && (
        <BulkBar chosen={chosen} numbers={numbers.data} isWriter={isWriter} onClear={() => setChosen(new Map())} />
      )}
      <QueryView query={found}>
        {({ links, nextPageToken }) =>
          links.length === 0 && !listed.page ? (
            <NoLinks isFiltered={isFiltered(listed)} onCreate={isWriter ? () => open("new") : undefined} />
          ) : (
            <>
              <Card isFlush>
                <LinkList
                  listRef={list}
                  links={links}
                  numbers={numbers}
                  chosen={chosen}
                  onChoose={setChosen}
                  onFilter={(filter) => change({ ...listed, ...filter, page: "" })}
                  hrefOf={(id) => hrefOf(String(id), query.toString())}
                />
              </Card>
              <Pages listed={listed} next={nextPageToken} onChange={(next) => change(next, true)} />
            </>
          )
        }
      </QueryView>
      {opened && <LinkDialog key={opened} id={opened} onClose={close} onOpen={open} />}
    </Screen>
  );
}

function hrefOf(path: string, query: string): string {
  return `/links/${path}${query && `?${query}`}`;
}

// Which link is open, by the address: its id, new for one that is not there yet, or nothing.
function useOpened() {
  const [, parameters] = useRoute("/links/:id");
  const [, navigate] = useLocation();
  const search = useSearch();
  return {
    opened: parameters?.id,
    open: (id: string) => navigate(hrefOf(id, search), { replace: Boolean(parameters?.id) }),
    close: () => navigate(`/links${search && `?${search}`}`),
  };
}

function renewed(chosen: ReadonlyMap<string, Link>, links: readonly Link[]): ReadonlyMap<string, Link> {
  const known = links.filter((link) => chosen.has(String(link.linkId)));
  return known.length ? new Map([...chosen, ...known.map((link) => [String(link.linkId), link] as const)]) : chosen;
}
