import { NotFound } from "@/ui/not_found";
import { isLinkId } from "./state";
import { StatisticsView } from "./view";

// Statistics of all links, or of the one that the address names.
export default function StatisticsScreen({ params }: { params?: { id?: string } }) {
  const id = params?.id;
  if (id !== undefined && !isLinkId(id)) {
    return <NotFound />;
  }
  return <StatisticsView key={id ?? ""} linkId={id === undefined ? undefined : BigInt(id)} />;
}
