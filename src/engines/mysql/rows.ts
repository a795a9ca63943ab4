import { textTypeOf } from '../../core/canonical-type.js';
import type { CodecColumn, RowCodec } from '../row-codec.js';
import type { SqlSession } from '../sql-session.js';
import { type Charset, loadCharset } from './charset.js';
import { compileMysqlCodec } from './codec.js';

/** What is known of tables of MySQL and MariaDB, in one file with what is known of rows so that it is loaded in one step. */
export { readMysqlCatalog } from './catalog.js';
export { readMysqlNames } from './schema-names.js';

/** Compiles how rows of these columns are read; asks the server for the character sets that they need. */
export async function compileCodec(session: SqlSession, columns: readonly CodecColumn[]): Promise<RowCodec> {
  const charsets = new Map<string, Charset>();
  for (const { column } of columns) {
    const name = textTypeOf(column.type)?.charset ?? 'utf8';
    if (name !== 'utf8' && !charsets.has(name)) charsets.set(name, await readCharset(session, name));
  }
  return compileMysqlCodec(columns, charsets);
}

/** What the servers of sessions have said of character sets: each is asked once in a session, and not for each table. */
const known = new WeakMap<SqlSession, Map<string, Charset>>();

async function readCharset(session: SqlSession, name: string): Promise<Charset> {
  const charsets = known.get(session) ?? new Map<string, Charset>();
  known.set(session, charsets);
  const charset = charsets.get(name) ?? (await loadCharset(session, name));
  charsets.set(name, charset);
  return charset;
}
