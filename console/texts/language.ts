/** The language of the texts, for what is put together from words: "2 minutes ago". Figures and dates are as the reader's browser says. */
export const language = 'en';
