export const sign_in = {};
