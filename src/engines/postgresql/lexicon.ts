import type { Lexicon } from '../sql-tokens.js';

/** How PostgreSQL quotes where `standard_conforming_strings` is on, as it is in every session of ours. */
export const POSTGRESQL_LEXICON: Lexicon = { nameQuote: '"', escapeStrings: true };
