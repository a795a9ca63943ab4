import * as narrow from './narrow-table.mjs';
import * as orders from './orders-table.mjs';
import * as wide from './wide-table.mjs';

/** A wide row costs as much as this many others. */
const WIDE_SHARE = 5;

/** The measured tables: how many rows each has where `orders` has `rows`, and how it is made. */
export const TABLES = [
  { name: 'orders', rowsOf: (rows) => rows, ...orders },
  { name: 'narrow', rowsOf: (rows) => rows, ...narrow },
  { name: 'wide', rowsOf: (rows) => Math.ceil(rows / WIDE_SHARE), ...wide },
];

/** Makes a share of the target's orders differ, on top of what differs already; spread over the whole table. */
export function damageStatement(every) {
  return `UPDATE orders SET customer_id = customer_id + 1 WHERE id % ${every} = 0`;
}
