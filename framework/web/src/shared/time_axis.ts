import {ticks} from './ticks';

/** Steps along a line from 0 to 1: evenly, or by their logarithm, since a run's first steps are those in which most happens. */
export class time_axis {
  constructor(readonly last: number, readonly is_log: boolean) {}

  share_of(step: number): number {
    return this.is_log ? Math.log1p(step) / Math.log1p(this.last) : step / this.last;
  }
  step_at(share: number): number {
    return this.is_log ? Math.expm1(share * Math.log1p(this.last)) : share * this.last;
  }
  /** About `wanted` of them; each power of ten where it is logarithmic. */
  ticks(wanted: number): number[] {
    if (!this.is_log) return ticks(0, this.last, wanted);
    const powers = Array.from({length: Math.floor(Math.log10(this.last) + 1e-9) + 1}, (_, power) => 10 ** power);
    const stride = Math.max(1, Math.ceil((powers.length + 1) / wanted));
    return [0, ...powers.filter((_, i) => i % stride === 0)];
  }
}
