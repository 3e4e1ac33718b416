import type { Text } from "../en";

export const share: Text["share"] = {};
