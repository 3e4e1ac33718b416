import type { Text } from "../en";

export const links: Text["links"] = {};
