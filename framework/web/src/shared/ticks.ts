import {number_text} from './format';

/** Round numbers between two ends, about `wanted` of them. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const all: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-12) + step * 1e-9; ++i) all.push(i * step);
  return all;
}

/** Powers of ten between two positive ends, not more than `wanted`. */
export function decade_ticks(low: number, high: number, wanted: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / wanted));
  const all: number[] = [];
  for (let power = first; power <= last; power += stride) all.push(10 ** power);
  return all;
}

export function tick_text(value: number): string {
  return number_text(Number(value.toPrecision(10))).replace('-', '−');
}
