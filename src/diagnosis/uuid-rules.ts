import type { CanonicalType } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import { type Alteration, type CauseRule, CERTAIN_BITS, type Explanation } from './explanation.js';

const UUID_TYPES: ReadonlySet<CanonicalType> = new Set(['uuid', 'bytes', 'text']);
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const GROUPS = /^(.{8})(.{4})(.{4})(.{16})$/;

/** The orders in which the first three groups are stored; undoing the first is not the same as doing it again. */
const ORDERS: readonly {
  readonly name: string;
  arrange(low: string, middle: string, high: string): string;
}[] = [
  { name: "as UUID_TO_BIN's swap flag does", arrange: (low, middle, high) => high + middle + low },
  {
    name: 'bytes of the first three reversed, as in a GUID',
    arrange: (...groups) => groups.map(reverseBytes).join(''),
  },
];

function reverseBytes(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('');
}

function explainGroups({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [uuidDigits(original), uuidDigits(altered)];
  if (before === null || after === null) return;
  const [, low = '', middle = '', high = '', rest = ''] = GROUPS.exec(before) ?? [];
  if (!after.endsWith(rest)) return;
  for (const { name, arrange } of ORDERS) {
    if (arrange(low, middle, high) + rest !== after) continue;
    found.push({ cause: 'uuid-groups-swapped', detail: name, bits: CERTAIN_BITS });
  }
}

/** The digits of what may be a UUID: sixteen bytes, or its text. */
function uuidDigits(value: Value): string | null {
  if (value === null) return null;
  if (typeof value !== 'string') return value.hex.length === 32 ? value.hex : null;
  return value.length <= 36 && UUID.test(value) ? value.replaceAll('-', '').toLowerCase() : null;
}

/** What happens to the order of a UUID's bytes. */
export const uuidRules: readonly CauseRule[] = [
  { types: UUID_TYPES, bothWays: true, explain: explainGroups },
];
