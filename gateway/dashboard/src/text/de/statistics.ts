import type { Text } from "../en";

export const statistics: Text["statistics"] = {};
