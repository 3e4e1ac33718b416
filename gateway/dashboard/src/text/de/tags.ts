import type { Text } from "../en";

export const tags: Text["tags"] = {};
