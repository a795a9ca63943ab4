import { matchesName } from '../config/name-patterns.js';
import { optionError } from '../config/raw-flags.js';
import type { ColumnPattern, RunConfig } from '../config/run-config.js';
import type { Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import { Disclosure, type HashKey, type ToldTable } from '../core/disclosure.js';
import { comparedColumns, qualifiedName } from '../core/pairing.js';
import type { HiddenParts } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { readSecret, SECRET_VARIABLES } from '../secrets/read-secret.js';

/** Hexadecimal digits of a pseudonym, 96 bits: no two keys are ever met that have the same. */
const DIGITS = 24;

/**
 * What makes pseudonyms of keys, where the config asks for them; null where it does not. Throws a `usage` error where there
 * is no secret to make them with: what is hashed without one is found again by hashing every key there could be.
 */
export function openKeyHasher(
  { hashKeys, keyFile }: Pick<RunConfig, 'hashKeys' | 'keyFile'>,
  env: NodeJS.ProcessEnv,
): HashKey | null {
  if (!hashKeys) return null;
  const secret = readSecret({ variables: env, keyFile, protects: { besides: [], inside: [] } });
  if (secret !== null) return hasherWith(secret.hasherFor('hash-keys'));
  throw optionError({
    option: '--hash-keys',
    message: 'Expected a secret for --hash-keys, found none.',
    hint: `Put one of 16 bytes or more into ${SECRET_VARIABLES.secret}, or into a file of mode 0600 that --key-file names: openssl rand -hex 32 makes one.`,
  });
}

/** All of the key goes into each pseudonym, so that rows which share a part of their keys do not show it. */
function hasherWith(hash: (text: string) => Buffer): HashKey {
  return ({ table, column, key, other }) => {
    const said = JSON.stringify([table, column, key, ...(other === undefined ? [] : [other])]);
    return `#${hash(said).toString('hex').slice(0, DIGITS)}`;
  };
}

interface TellerRules {
  readonly showValues: boolean;
  readonly showColumns: readonly ColumnPattern[];
  readonly hashKey: HashKey | null;
}

/** Tells of the rows of a run what its config lets be told. Everything that leaves the run with a row in it takes it from here. */
export class RowTeller {
  readonly #showColumns: readonly ColumnPattern[];
  readonly #disclosure: Disclosure;
  readonly #tables = new Map<string, ToldTable>();

  constructor({ showValues, showColumns, hashKey }: TellerRules) {
    this.#showColumns = showColumns;
    this.#disclosure = new Disclosure({ hidesValues: !showValues, hashKey });
  }

  /** Whether a sentence may name keys. */
  get showsKeys(): boolean {
    return this.#disclosure.showsKeys;
  }

  /** Whether nothing of a row is hidden. */
  get showsAll(): boolean {
    return this.#disclosure.showsAll;
  }

  row(planned: PlannedTable, row: RowDifference): RowDifference {
    return this.#disclosure.row(this.#describe(planned), row);
  }

  diagnoses(planned: PlannedTable, diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
    return this.#disclosure.diagnoses(this.#describe(planned), diagnoses);
  }

  /** What the result says of what is hidden; null where nothing is. */
  describeHidden(tables: readonly PlannedTable[]): HiddenParts | null {
    const shown = tables.flatMap((planned) => {
      const { name, shown: columns } = this.#describe(planned);
      return [...columns].map((column) => `${name}.${column}`);
    });
    return this.#disclosure.describe(shown);
  }

  #describe(planned: PlannedTable): ToldTable {
    const known = this.#tables.get(planned.id);
    if (known !== undefined) return known;
    const told = describeTable(planned, this.#showColumns);
    this.#tables.set(planned.id, told);
    return told;
  }
}

function describeTable(
  { source, target, pair }: PlannedTable,
  patterns: readonly ColumnPattern[],
): ToldTable {
  const table = target ?? source;
  const columns = pair === null ? [] : comparedColumns(pair);
  const shown = columns.filter((column) =>
    patterns.some(
      (pattern) =>
        matchesName(pattern.table, source?.name ?? '') && matchesName(pattern.column, column.source.name),
    ),
  );
  return {
    name: table === null ? '' : qualifiedName(table),
    key: pair === null ? [] : pair.key.map(({ target: { name } }) => name),
    shown: new Set(shown.map(({ target: { name } }) => name)),
  };
}
