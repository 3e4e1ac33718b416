import { useMemo } from "preact/hooks";
import type { Page } from "../answer";
import { useLinks } from "../queries";
import { PANELS, type DimensionName, type PanelName, type StatsState, panelNames } from "../state";
import type { ChangeState } from "../use_state";
import { useNamer } from "../use_namer";
import { Panel } from "./panel";
import styles from "./panels.module.css";

interface PanelsProps {
  state: StatsState;
  change: ChangeState;
  page: Page;
  // Which lists there are.
  dimensions: readonly DimensionName[];
  // Whether links have names and pages of their own for who looks.
  hasLinks: boolean;
}

// The lists of the page, each panel with its tabs.
export function Panels({ state, change, page, dimensions, hasLinks }: PanelsProps) {
  const ids = useMemo(() => (hasLinks ? (page.lists.link ?? []).map((row) => row.value) : []), [page, hasLinks]);
  const namer = useNamer(useLinks(ids));
  return (
    <div class={styles.panels}>
      {panelNames().map((name) => {
        const tabs = tabsOf(name, dimensions, page);
        const [first] = tabs;
        const chosen = tabs.find((tab) => tab === state.tabs[name]) ?? first;
        return (
          chosen && (
            <Panel key={name} {...{ name, tabs, chosen, page, namer, hasLinks, change }} />
          )
        );
      })}
    </div>
  );
}

// Most links have no variants, and an empty list of them would say nothing.
function tabsOf(name: PanelName, dimensions: readonly DimensionName[], page: Page) {
  const hasVariants = page.lists.variant?.some((row) => row.value !== "");
  return PANELS[name].filter((tab) => tab === "map" || (dimensions.includes(tab) && (tab !== "variant" || hasVariants)));
}
