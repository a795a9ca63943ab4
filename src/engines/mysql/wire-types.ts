/**
 * Column types as they stand in result-set metadata, for each type name of `information_schema`. ENUM and SET arrive
 * as strings, TEXT and JSON as blobs.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html
 */
const STRINGS = [15, 247, 248, 249, 250, 251, 252, 253, 254];
const GEOMETRY = 255;
const VECTOR = 242;
const WIRE_TYPES: Readonly<Record<string, readonly number[]>> = {
  tinyint: [1],
  smallint: [2],
  mediumint: [9],
  int: [3],
  bigint: [8],
  year: [13],
  float: [4],
  double: [5],
  decimal: [246],
  bit: [16],
  date: [10, 14],
  time: [11, 19],
  datetime: [12, 18],
  timestamp: [7, 17],
  json: [245, 250, 251, 252],
  vector: [VECTOR, ...STRINGS],
};

/** Whether a wire type is one that the codec of a column (`int unsigned`, `varchar`) can read. */
export function isExpectedWireType(wire: string, columnType: number): boolean {
  const [name = ''] = wire.split(' ');
  return columnType === GEOMETRY
    ? isGeometry(name)
    : (WIRE_TYPES[name] ?? STRINGS).includes(columnType) && !isGeometry(name);
}

function isGeometry(name: string): boolean {
  return name === 'point' || /(geom|linestring|polygon|multipoint)/.test(name);
}
