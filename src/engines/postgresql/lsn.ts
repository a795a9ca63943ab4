/** Reads a place in the log such as `16/B374D848` as the number that it is; null where a text is none. */
export function parseLsn(text: string | null | undefined): bigint | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text ?? '') ?? [];
  if (high === undefined || low === undefined) return null;
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffff_ffffn).toString(16)}`.toUpperCase();
}

/** How the log of a server is cut up, in bytes. */
export interface LogShape {
  readonly pageBytes: bigint;
  readonly segmentBytes: bigint;
}

/** The header of a page, and that of the first page of a segment; SizeOfXLogShortPHD and SizeOfXLogLongPHD. */
const HEADER_BYTES = 24n;
const FIRST_HEADER_BYTES = 40n;

/**
 * Turns the place where the next record begins into the one where the last has ended. They differ by the header of a page that
 * nothing is written to yet: an idle server replays, and confirms, no more than up to that page.
 *
 * @see https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h
 */
export function endOfLog(next: string, { pageBytes, segmentBytes }: LogShape): string | null {
  const lsn = parseLsn(next);
  if (lsn === null || pageBytes <= 0n || segmentBytes <= 0n) return null;
  const page = lsn - (lsn % pageBytes);
  const header = page % segmentBytes === 0n ? FIRST_HEADER_BYTES : HEADER_BYTES;
  return formatLsn(lsn - page === header ? page : lsn);
}
