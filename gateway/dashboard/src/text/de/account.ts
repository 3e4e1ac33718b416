import type { Text } from "../en";

export const account: Text["account"] = {};
