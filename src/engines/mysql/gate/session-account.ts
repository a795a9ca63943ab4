import { isIPv4 } from 'node:net';
import { matchesLike } from '../grants.js';

/** An account, or a role, of the server's own tables. */
export interface AccountName {
  readonly host: string;
  readonly user: string;
}

/**
 * The accounts that a session may belong to: the list of sessions names the user and where it comes from, and the server took
 * the account whose host fits most narrowly. One that is given as a network counts beside it. Where none fits, such as for a
 * name that has another address now, every account of the user counts.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/connection-access.html
 */
export function accountsOfSession(
  accounts: readonly AccountName[],
  session: AccountName,
): readonly AccountName[] {
  const own = accounts.filter(({ user }) => user === session.user);
  const networks = own.filter(({ host }) => host.includes('/') && mayContain(host, session.host));
  const fitting = own.filter(({ host }) => !host.includes('/') && fits(host, session.host));
  const narrowest = Math.max(...fitting.map(({ host }) => plainLength(host)));
  const found = [...networks, ...fitting.filter(({ host }) => plainLength(host) === narrowest)];
  return found.length > 0 ? found : own;
}

function fits(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  return wanted === '' || matchesLike(wanted, given) || (isLocal(wanted) && isLocal(given));
}

const isLocal = (host: string): boolean => ['localhost', '127.0.0.1', '::1'].includes(host);

/** Characters before the first wildcard. */
function plainLength(pattern: string): number {
  const at = pattern.search(/[%_]/);
  return at === -1 ? Number.MAX_SAFE_INTEGER : at;
}

/** An address and a mask, or how many bits of it count. What cannot be told counts as contained. */
function mayContain(network: string, host: string): boolean {
  const [address = '', mask = ''] = network.split('/');
  if (!isIPv4(address) || !isIPv4(host)) return true;
  const bits = isIPv4(mask) ? toNumber(mask) : Number(BigInt.asUintN(32, -1n << BigInt(32 - Number(mask))));
  return (toNumber(address) & bits) === (toNumber(host) & bits);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
