const MOST_IDS = 4096;

/**
 * Lets mysql2 read results whose columns have a collation that it does not know by its number, as MariaDB 11 has them in
 * what EXPLAIN prints: it would close the connection. Sessions read control results as UTF-8 whatever the number is, and
 * rows as bytes.
 */
export function nameUnknownCharsets(driver: object): void {
  const { CharsetToEncoding: names } = driver as { CharsetToEncoding: string[] };
  for (let id = 0; id < MOST_IDS; id++) names[id] ??= 'utf8';
}
