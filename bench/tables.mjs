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

const CHANGES = {
  'a constant': 'customer_id = customer_id + 1',
  // A number of the row stands for another one each time, so that no two rows changed alike.
  'nothing that a rule explains': "note = CONCAT(MD5(CONCAT(id, 'a')), MD5(CONCAT(id, 'b')))",
  'every column': `status = 'lost', amount = amount + 1, currency = 'GBP', weight = weight + 1, paid = NOT paid,
    ordered_on = ordered_on + INTERVAL '1' DAY, created_at = created_at + INTERVAL '3' HOUR`,
};

/** Makes a share of the target's orders differ, on top of what differs already; spread over the whole table. */
export function damageStatement({ every, in: how }) {
  return `UPDATE orders SET ${CHANGES[how]} WHERE id % ${every} = 0`;
}
