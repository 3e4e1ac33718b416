export const live = {
  title: "Live",
  lead: "Clicks as they are stored.",
};
