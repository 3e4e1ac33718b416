export const period = {
};
