import type { EngineName } from '../../core/schema.js';
import type { Session } from '../engine.js';

/**
 * Says what is missing where the account may not read the whole schema, or null where it may.
 *
 * MySQL leaves tables out of `information_schema` without a word when the account has no privilege on them, so a table
 * list is only complete if SELECT is granted on the schema or above it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-introduction.html
 */
export async function describePartialGrants(
  session: Session,
  schema: string,
  engine: EngineName,
): Promise<string | null> {
  const grants = await readGrants(session, engine);
  const covers = (line: string): boolean => coversSchema(line, schema);
  const revoked = grants.some((line) => /^REVOKE\b/i.test(line) && covers(line));
  if (!revoked && grants.some((line) => /^GRANT\b/i.test(line) && covers(line))) return null;
  return `has SELECT on some tables of schema ${schema} only, so tables it may not see are not in the list`;
}

async function readGrants(session: Session, engine: EngineName): Promise<string[]> {
  const rows = await session.query('SHOW GRANTS');
  const lines = rows.flatMap((row) => Object.values(row).filter((value) => value !== null));
  const [role] = engine === 'mysql' ? await session.query('SELECT CURRENT_ROLE() AS active') : [];
  if (!role?.active || role.active === 'NONE') return lines;
  const viaRoles = await session.query(`SHOW GRANTS FOR CURRENT_USER() USING ${role.active}`);
  return [...lines, ...viaRoles.flatMap((row) => Object.values(row).filter((value) => value !== null))];
}

/** Whether a line of SHOW GRANTS speaks of SELECT on every table of a schema; `_` and `%` are wildcards there. */
export function coversSchema(line: string, schema: string): boolean {
  const match = /^(?:GRANT|REVOKE)\s+(.*?)\s+ON\s+(\*|`(?:[^`]|``)*`)\.\*\s+(?:TO|FROM)\b/i.exec(line);
  if (match === null) return false;
  const privileges = (match[1] ?? '').split(',').map((privilege) => privilege.trim().toUpperCase());
  if (!privileges.some((privilege) => privilege === 'SELECT' || privilege.startsWith('ALL PRIVILEGES')))
    return false;
  const pattern = match[2] ?? '';
  return pattern === '*' || likeToRegExp(pattern.slice(1, -1).replaceAll('``', '`')).test(schema);
}

function likeToRegExp(pattern: string): RegExp {
  const source = pattern.replace(
    /\\([_%])|([_%])|[.*+?^${}()|[\]\\]/g,
    (all, escaped: string, wildcard: string) => {
      if (escaped) return escaped;
      if (wildcard) return wildcard === '%' ? '.*' : '.';
      return `\\${all}`;
    },
  );
  return new RegExp(`^${source}$`, 's');
}
