/** Short copies in the kernel run over by less than this. */
const SLACK_BYTES = 64;
/** Canonical bytes of a field beyond three times its wire bytes: a tag and a number, and the same once more as key bytes. */
const FIELD_BYTES = 18;

/** Which external column, where its value begins, and its length. */
const EXTERNAL_ENTRY_BYTES = 12;

/** Where the regions of a span lie in the kernel's memory. */
export interface KernelRegions {
  readonly hashes: number;
  readonly keyHashes: number;
  readonly keyEnds: number;
  readonly wireBytes: number;
  readonly input: number;
  readonly list: number;
  readonly external: number;
  readonly keys: number;
  readonly row: number;
  readonly end: number;
}

export interface SpanSizes {
  readonly rows: number;
  readonly inputBytes: number;
  readonly externalBytes: number;
  readonly lastKeyBytes: number;
  readonly columns: number;
  readonly keyColumns: number;
  readonly externals: number;
}

/** Where the kernel reads rows: right behind the program, so that they can be put there before their number is known. */
export function inputAt(base: number): number {
  return align(base);
}

/**
 * Lays the regions of the gathered rows out behind the program. Sizes are what the rows could at most become, so that
 * the kernel need not check each write; all but the last three stay where they are when the external bytes become known.
 */
export function layOutRegions(base: number, sizes: SpanSizes): KernelRegions {
  const { rows, inputBytes, externalBytes, lastKeyBytes } = sizes;
  const canonicalBytes = 3 * inputBytes + externalBytes;
  const input = inputAt(base);
  const hashes = align(input + inputBytes + SLACK_BYTES);
  const keyHashes = hashes + rows * 8;
  const keyEnds = keyHashes + rows * 8;
  const wireBytes = keyEnds + rows * 4;
  const list = align(wireBytes + rows * 4);
  const external = list + align(rows * sizes.externals * EXTERNAL_ENTRY_BYTES);
  const keys = align(external + externalBytes + SLACK_BYTES);
  const keyBytes = lastKeyBytes + canonicalBytes + rows * sizes.keyColumns * FIELD_BYTES;
  const row = align(keys + keyBytes + SLACK_BYTES);
  const end = row + canonicalBytes + sizes.columns * FIELD_BYTES + SLACK_BYTES;
  return { hashes, keyHashes, keyEnds, wireBytes, input, list, external, keys, row, end };
}

/** Eight-byte numbers are read and written through typed arrays, which must begin at a multiple of eight. */
export function align(at: number): number {
  return Math.ceil(at / 8) * 8;
}
