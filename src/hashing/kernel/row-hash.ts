// AssemblyScript: xxHash64.

const PRIME1: u64 = 11400714785074694791;
const PRIME2: u64 = 14029467366897019727;
const PRIME3: u64 = 1609587929392839161;
const PRIME4: u64 = 9650029242287828579;
const PRIME5: u64 = 2870177450012600261;

function round(lane: u64, input: u64): u64 {
  return rotl<u64>(lane + input * PRIME2, 31) * PRIME1;
}

function mergeRound(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * PRIME1 + PRIME4;
}

/** The xxHash64 of `[at, end)` with a seed. */
export function hashBytes(at: usize, end: usize, seed: u64): u64 {
  const count = end - at;
  let hash: u64;
  if (count >= 32) {
    let one = seed + PRIME1 + PRIME2;
    let two = seed + PRIME2;
    let three = seed;
    let four = seed - PRIME1;
    const limit = end - 32;
    do {
      one = round(one, load<u64>(at));
      two = round(two, load<u64>(at, 8));
      three = round(three, load<u64>(at, 16));
      four = round(four, load<u64>(at, 24));
      at += 32;
    } while (at <= limit);
    hash = rotl<u64>(one, 1) + rotl<u64>(two, 7) + rotl<u64>(three, 12) + rotl<u64>(four, 18);
    hash = mergeRound(mergeRound(mergeRound(mergeRound(hash, one), two), three), four);
  } else hash = seed + PRIME5;
  return finish(hash + (count as u64), at, end);
}

function finish(start: u64, from: usize, end: usize): u64 {
  let hash = start;
  let at = from;
  while (at + 8 <= end) {
    hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * PRIME1 + PRIME4;
    at += 8;
  }
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ ((load<u32>(at) as u64) * PRIME1), 23) * PRIME2 + PRIME3;
    at += 4;
  }
  while (at < end) hash = rotl<u64>(hash ^ ((load<u8>(at++) as u64) * PRIME5), 11) * PRIME1;
  hash = (hash ^ (hash >> 33)) * PRIME2;
  hash = (hash ^ (hash >> 29)) * PRIME3;
  return hash ^ (hash >> 32);
}
