import {in_threes, number_text} from './format';

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

/** Of a logarithmic axis between two positive ends, about `wanted` at most: powers of ten; between few 2 and 5 of them too. */
export function log_ticks(low: number, high: number, wanted: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const decades = last - first + 1;
  if (decades > 2) {
    const stride = Math.ceil(decades / wanted);
    return Array.from({length: Math.ceil(decades / stride)}, (_, i) => 10 ** (first + i * stride));
  }
  const between = Array.from({length: decades + 1}, (_, i) => first - 1 + i)
                      .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
                      .filter((each) => each >= low * (1 - 1e-9) && each <= high * (1 + 1e-9));
  return between.length > 1 ? between : ticks(low, high, Math.min(wanted, 4));
}

export function tick_text(value: number): string {
  return in_threes(number_text(Number(value.toPrecision(10)))).replace('-', '−');
}

/** Powers of ten as "10⁻⁶" if the ticks span three of them, else as tick_text has them. */
export function log_tick_texts(all: number[]): string[] {
  const powers = all.map((each) => Math.round(Math.log10(each)));
  if (powers.length === 0 || powers.at(-1)! - powers[0]! < 3) return all.map(tick_text);
  return powers.map((power) => power === 0 ? '1' : power === 1 ? '10' : `10${String(power).replace(/./g, (each) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(each)] ?? '⁻')}`);
}
