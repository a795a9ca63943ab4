/** A place in a binary log. Its files are numbered upwards. */
export interface BinlogPlace {
  readonly file: string;
  readonly position: bigint;
}

/** Spells a place as people do, `binlog.000003:157`. */
export function formatBinlogPlace({ file, position }: { file: string; position: string | bigint }): string {
  return `${file}:${position}`;
}

/** Reads such a place; null where a text is none. */
export function parseBinlogPlace(text: string): BinlogPlace | null {
  const [, file, position] = /^([^:]+\.\d+):(\d+)$/.exec(text) ?? [];
  return file === undefined || position === undefined ? null : { file, position: BigInt(position) };
}

/** Whether one place stands behind another one, or at it. Places of logs with another name cannot be compared: false. */
export function isBinlogPlaceAtOrBehind(place: BinlogPlace, other: BinlogPlace): boolean {
  const [one, two] = [splitFile(place.file), splitFile(other.file)];
  if (one.base !== two.base) return false;
  return one.number === two.number ? place.position >= other.position : one.number > two.number;
}

function splitFile(file: string): { base: string; number: bigint } {
  const dot = file.lastIndexOf('.');
  return { base: file.slice(0, dot), number: BigInt(file.slice(dot + 1)) };
}
