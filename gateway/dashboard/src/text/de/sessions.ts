import type { Text } from "../en";

export const sessions: Text["sessions"] = {};
