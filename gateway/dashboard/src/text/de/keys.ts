import type { Text } from "../en";

export const keys: Text["keys"] = {};
