import type { Text } from "../en";

export const imports: Text["imports"] = {};
