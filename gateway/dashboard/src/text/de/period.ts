import type { Text } from "../en";
export const period: Text["period"] = {
};
