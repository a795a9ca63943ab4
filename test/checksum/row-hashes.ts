import { engineFor } from '../../src/engines/registry.js';

/** What a server makes of the rows of tables with the key `id`. */
export interface RowHashes {
  /** The hash of each row by its id, which ascend; null where the server could not hash one. */
  read(table: string, ids: readonly number[]): Promise<ReadonlyMap<number, bigint | null>>;
  close(): Promise<void>;
}

/** Opens a session that asks a server for the hash of each row, each a part of its own. */
export async function openRowHashes(url: string): Promise<RowHashes> {
  const engine = engineFor(new URL(url).protocol.slice(0, -1));
  const environment = { variables: {}, readFile: () => null, homeFolder: '', userName: '' };
  const settings = engine.resolveConnection(new URL(url), environment);
  const session = await engine.open(settings);
  const { tables } = await session.ask('catalog', { settings });
  return {
    read: async (name, ids) => {
      const table = tables.find((candidate) => candidate.name === name);
      if (table === undefined) throw new Error(`There is no table ${name}.`);
      const key = table.columns.filter((column) => column.name === 'id');
      const range = { after: null, upTo: null };
      const rows = { table, columns: table.columns, key, where: null, range, seed: 7n };
      const ends = ids.map((id) => [{ kind: 'int', value: BigInt(id) } as const]);
      const sums = await session.ask('part-checksums', { rows, ends });
      return new Map(ids.map((id, part) => [id, sums.get(part)?.sum ?? null]));
    },
    close: () => session.close(),
  };
}
