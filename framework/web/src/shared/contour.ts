import type {image} from './document';

/** A loss as a height between 0, the valley, and 1: on a scale that shows the valley's floor. */
export class relief {
  readonly heights: Float32Array;

  constructor(readonly of: image) {
    const finite = of.losses.filter((loss): loss is number => loss !== null);
    const lowest = Math.min(of.minimum ?? Infinity, ...chunked_min(finite));
    const sorted = Float64Array.from(finite).sort();
    const middle = (sorted[sorted.length >> 1] ?? 1) - lowest;
    const softness = Math.max(middle * 1e-3, Number.MIN_VALUE);
    const scaled = (loss: number) => Math.log(Math.max(loss - lowest, 0) + softness);
    const low = scaled(sorted[Math.floor(sorted.length * 0.002)] ?? 0);
    const high = scaled(sorted[Math.floor(sorted.length * 0.995)] ?? 1);
    this.heights = Float32Array.from(of.losses, (loss) => {
      if (loss === null) return NaN;
      return high > low ? Math.min(1, Math.max(0, (scaled(loss) - low) / (high - low))) : 0;
    });
  }

  /** At a place in cells, between the middles of which it is interpolated. */
  at(column: number, row: number): number {
    const {columns, rows} = this.of;
    const x = Math.min(Math.max(column - 0.5, 0), columns - 1.000001);
    const y = Math.min(Math.max(row - 0.5, 0), rows - 1.000001);
    const i = Math.floor(x), j = Math.floor(y), fx = x - i, fy = y - j;
    const at = (dx: number, dy: number) => this.heights[(j + dy) * columns + i + dx]!;
    return (at(0, 0) * (1 - fx) + at(1, 0) * fx) * (1 - fy) + (at(0, 1) * (1 - fx) + at(1, 1) * fx) * fy;
  }

  /** The loss near a point and the length of the gradient there, from the cells around it; null where one is not finite. */
  reading([x, y]: [number, number]): {loss: number | null; slope: number | null} {
    const {lower, upper, columns, rows, losses} = this.of;
    const place = (value: number, axis: 0 | 1, count: number) =>
        Math.min(Math.max((value - lower[axis]) / (upper[axis] - lower[axis]) * count - 0.5, 0), count - 1.000001);
    const i = place(x, 0, columns), j = place(y, 1, rows);
    const fx = i % 1, fy = j % 1, first = Math.floor(j) * columns + Math.floor(i);
    const corners = [first, first + 1, first + columns, first + columns + 1].map((cell) => losses[cell] ?? null);
    if (corners.includes(null)) return {loss: null, slope: null};
    const [a, b, c, d] = corners as [number, number, number, number];
    const along_x = ((b - a) * (1 - fy) + (d - c) * fy) / (upper[0] - lower[0]) * columns;
    const along_y = ((c - a) * (1 - fx) + (d - b) * fx) / (upper[1] - lower[1]) * rows;
    return {loss: (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy, slope: Math.hypot(along_x, along_y)};
  }
}

/** Math.min of very many numbers overflows the stack. */
function chunked_min(values: number[]): number[] {
  let lowest = Infinity;
  for (const value of values) lowest = Math.min(lowest, value);
  return [lowest];
}

type colour = [number, number, number];

/** Muted, so that the paths stand out: the valley is the page, the heights are farther off. */
const light: [colour, colour, colour] = [[252, 253, 255], [150, 168, 192], [214, 223, 234]];
const dark: [colour, colour, colour] = [[26, 32, 41], [103, 122, 148], [62, 76, 95]];

export const bands = 16;

/** Paints bands of equal height and the lines between them. */
export function paint_relief(shown: relief, width: number, height: number, is_dark: boolean): ImageData {
  const [valley, line, summit] = is_dark ? dark : light;
  const image = new ImageData(width, height);
  const {columns, rows} = shown.of;
  const band_of = new Int16Array(width * height);
  for (let y = 0; y < height; ++y) {
    const row = (1 - (y + 0.5) / height) * rows;
    for (let x = 0; x < width; ++x) {
      const level = shown.at((x + 0.5) / width * columns, row);
      band_of[y * width + x] = Number.isNaN(level) ? -1 : Math.min(bands - 1, Math.floor(level * bands));
    }
  }
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      const here = y * width + x;
      const band = band_of[here]!;
      const right = x + 1 < width ? band_of[here + 1]! : band;
      const below = y + 1 < height ? band_of[here + width]! : band;
      const share = band / (bands - 1);
      const is_line = band !== right || band !== below;
      const is_hatch = band < 0 && (x + y) % 8 < 2;  // no finite loss
      for (let part = 0; part < 3; ++part) {
        const filled = band < 0 ? valley[part]! : valley[part]! + (summit[part]! - valley[part]!) * share;
        const inked = is_line || is_hatch ? (filled + line[part]!) / 2 : filled;
        image.data[here * 4 + part] = inked;
      }
      image.data[here * 4 + 3] = 255;
    }
  }
  return image;
}
