import type { Text } from "../en";

export const domains: Text["domains"] = {};
