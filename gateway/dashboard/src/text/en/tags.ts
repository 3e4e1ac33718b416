import { pluralIn } from "../plural";

const plural = pluralIn("en");

export const tags = {
  lead: "Names that your links carry. What is changed here is changed on all links at once.",
  list: "Tags",
  none: "No tags yet",
  none_hint: "Give a link a tag, and it appears here. Links can be filtered by it, and so can statistics.",
  create: "New tag",
  name: "Name",
  links: "Links",
  actions: "Actions",
  chosen: "Chosen",
  choose: (name: string) => `Choose ${name}`,
  edit: "Edit",
  edit_of: (name: string) => `Edit ${name}`,
  delete: "Delete",
  delete_of: (name: string) => `Delete ${name}`,
  rename_hint: "A new name takes the old one's place on all links.",
  color: "Colour",
  colors: {
    gray: "Gray",
    crimson: "Red",
    darkorange: "Orange",
    goldenrod: "Gold",
    seagreen: "Green",
    teal: "Teal",
    royalblue: "Blue",
    violet: "Violet",
  },
  merge: "Merge",
  merge_hint: "One name takes the place of all on every link. Tags of the others are deleted.",
  merge_into: "The name that stays",
  merged: (count: bigint) => plural(count, { one: "# link changed", other: "# links changed" }),
  delete_title: (name: string) => `Delete the tag ${name}?`,
  delete_hint: (count: bigint) => plural(count, { one: "# link loses it.", other: "# links lose it." }),
};
