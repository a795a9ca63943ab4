import type { ProbeWords } from '../../gate-probes.js';
import { quoteName, textLiteral } from '../dialect.js';

/** How values are asked whether they keep a rule. */
export const postgresqlProbes: ProbeWords = {
  quoteName,
  textOf: (value) => `${value}::text`,
  readRule: async (session, { schema, table, name }) => {
    const [row] = await session.query(
      `SELECT pg_get_expr(k.conbin, k.conrelid) AS rule FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       WHERE k.contype = 'c' AND k.conname = ${textLiteral(name)} AND c.relname = ${textLiteral(table)}
         AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})`,
    );
    return row?.rule != null && callsNothingOfOthers(row.rule) ? row.rule : null;
  },
};

/** Words before a bracket that are no function, and functions of the server that only look at their arguments. */
const HARMLESS = new Set([
  ...[
    'and',
    'or',
    'not',
    'in',
    'any',
    'all',
    'between',
    'when',
    'then',
    'else',
    'case',
    'is',
    'array',
    'row',
  ],
  ...[
    'length',
    'char_length',
    'octet_length',
    'lower',
    'upper',
    'btrim',
    'abs',
    'round',
    'trunc',
    'floor',
    'ceil',
  ],
  ...[
    'coalesce',
    'nullif',
    'greatest',
    'least',
    'date_part',
    'extract',
    'jsonb_typeof',
    'json_typeof',
    'mod',
  ],
  ...['numeric', 'varchar', 'varying', 'character', 'bpchar', 'bit', 'timestamp', 'time', 'interval'],
]);

/**
 * Whether an expression, as the server spells it for a session that looks for names in its own catalog first, calls nothing that
 * somebody has written: it would run with the rights of our account. Names of other schemas, and operators of them, are spelled
 * with their schema.
 */
function callsNothingOfOthers(rule: string): boolean {
  const plain = rule.replace(/[eE]?'(?:[^']|'')*'/g, "''");
  if (/\$|\boperator\s*\(|[\w"]\s*\.\s*[\w"]+\s*\(|"\s*\(/i.test(plain)) return false;
  const called = [...plain.matchAll(/([\w]+)\s*\(/g)].map(([, word = '']) => word.toLowerCase());
  return called.every((word) => HARMLESS.has(word));
}
