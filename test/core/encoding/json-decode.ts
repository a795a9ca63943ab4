import type { JsonModel } from './json-model.js';

/** Reads canonical bytes back into a model; throws where they are not exactly one value with sorted members. */
export function decodeJson(bytes: Buffer): JsonModel {
  let at = 0;
  const take = (count: number): Buffer => {
    at += count;
    return bytes.subarray(at - count, at);
  };
  const takeLength = (): number => {
    const byte = take(1).readUInt8();
    return byte < 0x80 ? byte : (byte & 0x7f) + 0x80 * takeLength();
  };
  const takeText = (encoding: 'hex' | 'latin1'): string => take(takeLength()).toString(encoding);
  const takeNumber = (negative: boolean, exponent: bigint): string =>
    `${negative ? '-' : ''}0.${takeText('latin1')}e${exponent}`;
  const takeZigzag = (): bigint => {
    const zigzag = takeLength();
    return BigInt(zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
  };
  const takeMember = (): [string, JsonModel] => [takeText('hex'), takeValue()];
  const takers: Record<string, () => JsonModel> = {
    n: () => 'null',
    t: () => 'true',
    f: () => 'false',
    0: () => '0',
    s: () => `"${takeText('hex')}`,
    '+': () => takeNumber(false, takeZigzag()),
    '-': () => takeNumber(true, takeZigzag()),
    P: () => takeNumber(false, BigInt(`${take(1)}${takeText('latin1')}`.replace('+', ''))),
    N: () => takeNumber(true, BigInt(`${take(1)}${takeText('latin1')}`.replace('+', ''))),
    '[': () => Array.from({ length: take(4).readUInt32BE() }, () => takeValue()),
    '{': () => ({ members: Array.from({ length: take(4).readUInt32BE() }, takeMember) }),
  };
  const takeValue = (): JsonModel => {
    const taker = takers[take(1).toString('latin1')];
    if (taker === undefined) throw new Error(`Expected a tag before byte ${at}`);
    return taker();
  };
  const value = takeValue();
  if (at !== bytes.length) throw new Error(`Expected the end at byte ${at} of ${bytes.length}`);
  return value;
}
