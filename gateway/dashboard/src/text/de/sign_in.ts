import type { Text } from "../en";

export const sign_in: Text["sign_in"] = {};
