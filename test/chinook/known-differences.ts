/** What the two Chinook scripts hold, a table each, by the names of PostgreSQL. */
export const CHINOOK_ROWS = {
  album: 347,
  artist: 275,
  customer: 59,
  employee: 8,
  genre: 25,
  invoice: 412,
  invoice_line: 2240,
  media_type: 5,
  playlist: 18,
  playlist_track: 8715,
  track: 3503,
} as const;

/** Rows a side. */
export const ALL_ROWS = 15_607;

/**
 * The rows in which the two scripts really differ: PostgreSQL reads N'Edinburgh ' as blank-padded text and drops the
 * blank, and MySQL takes the backslashes of four track names for escapes.
 */
export const KNOWN_DIFFERENCES = [
  { table: 'customer', id: 54, column: 'city' },
  ...[20, 141, 152, 207, 336, 359, 381].map((id) => ({ table: 'invoice', id, column: 'billing_city' })),
  ...[3435, 3448, 3485, 3499].map((id) => ({ table: 'track', id, column: 'name' })),
] as const;
