export type place = [left: number, top: number];

export interface box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function is_within([left, top]: place, of: box): boolean {
  return left >= of.left && left <= of.left + of.width && top >= of.top && top <= of.top + of.height;
}

/** The part of a segment that lies in a box; null if none does (Liang & Barsky 1984, doi:10.1145/357332.357333). */
export function part_within(from: place, to: place, of: box): [place, place] | null {
  const ends = [[of.left, of.left + of.width], [of.top, of.top + of.height]] as const;
  let first = 0, last = 1;
  for (const axis of [0, 1] as const) {
    const by = to[axis] - from[axis];
    const [low, high] = ends[axis].map((end) => end - from[axis]) as [number, number];
    if (by === 0 && (low > 0 || high < 0)) return null;
    if (by === 0) continue;
    first = Math.max(first, Math.min(low / by, high / by));
    last = Math.min(last, Math.max(low / by, high / by));
  }
  const at = (share: number): place => [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
  return first <= last ? [at(first), at(last)] : null;
}
