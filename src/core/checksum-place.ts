/** Where row hashes may be computed: by Rowproof, by the servers, or by whichever of the two proves faster. */
export const CHECKSUM_PLACES = ['auto', 'client', 'server'] as const;

export type ChecksumPlace = (typeof CHECKSUM_PLACES)[number];

/** Where the rows of one table were hashed in the end. */
export type ChecksumUse = 'client' | 'server' | 'mixed';

/** Sums up where the chunks of a table were compared; null where none was. */
export function describeUse(chunks: Readonly<Record<'client' | 'server', number>>): ChecksumUse | null {
  if (chunks.client > 0 && chunks.server > 0) return 'mixed';
  if (chunks.server > 0) return 'server';
  return chunks.client > 0 ? 'client' : null;
}
