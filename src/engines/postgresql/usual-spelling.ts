import type { Column } from '../../core/schema.js';
import { declaredNumbers } from '../repair-limits.js';
import type { ChooseSpelling, UsualSpelling } from '../usual-spelling.js';
import { chooseUsualReader } from '../usual-values.js';
import { quoteFileName } from './file-spelling.js';
import type { RepairTypes } from './repair-types.js';

/** How the dialect compares: its operator of equality, and the text of a column. */
interface Comparing {
  readonly equals: string;
  readonly asText: (name: string) => string;
}

/** Chooses how usual values are written to a column, by its type. */
export function choosePostgresqlSpelling(types: RepairTypes, comparing: Comparing): ChooseSpelling {
  return (from, to) => {
    if (to.wire === 'char' || !isBuiltIn(to, types)) return null;
    const limits = {
      fractionDigits: 6,
      mostCharacters: declaredNumbers(to)[0] ?? Number.POSITIVE_INFINITY,
    };
    const read = chooseUsualReader(from, to, limits);
    return read === null ? null : { read, ...writeColumn(to, comparing) };
  };
}

/** Whether the equality of the type is the server's own. */
function isBuiltIn({ declared }: Column, types: RepairTypes): boolean {
  const type = types.get(declared);
  return type === undefined || (type.operatorSchema === 'pg_catalog' && type.labels === null);
}

function writeColumn(to: Column, { equals, asText }: Comparing): Omit<UsualSpelling, 'read'> {
  const name = quoteFileName(to.name);
  const literal = literalWriter(to);
  const plain = (text: string): string => `${name} ${equals} ${literal(text)}`;
  if (to.type.kind !== 'text') return { literal, guard: plain, key: plain };
  const own = asText(name);
  const guard = (text: string): string => `${own} ${equals} '${text}'`;
  return { literal, guard, key: (text) => `${plain(text)} AND ${guard(text)}` };
}

function literalWriter({ type }: Column): (text: string) => string {
  if (type.kind === 'boolean') return (text) => (text === '1' ? 'true' : 'false');
  if (type.kind === 'instant') return (text) => `'${text}+00'`;
  return (text) => `'${text}'`;
}
