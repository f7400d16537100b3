import type {number_or_none} from '../shared/document';
import {svg} from '../shared/dom';
import {number_text} from '../shared/format';

export interface schedule_values {
  step: number[];
  lr: number_or_none[];
}

const width = 240, height = 62, top = 14, bottom = 46;

/** The learning rate from the first step to the last, with its greatest and its last value. */
export function schedule_curve({step, lr}: schedule_values): SVGElement {
  const values = lr.map((each) => each ?? 0);
  const most = Math.max(...values, Number.MIN_VALUE), last = Math.max(1, step.at(-1) ?? 1);
  const points = values.map((value, i) => `${(step[i]! / last * width).toFixed(1)},${(bottom - value / most * (bottom - top)).toFixed(1)}`);
  const three_digits = (value: number) => number_text(Number(value.toPrecision(3)));
  const text = `lr at most ${three_digits(most)}, ${three_digits(values.at(-1) ?? 0)} at the end`;
  return svg('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': text},
    svg('polyline', {points: points.join(' ')}), svg('text', {x: 0, y: height - 3}, text));
}
