import {canvas_figure} from './canvas_figure';
import type {image} from './document';
import {type drawn_path, row_at} from './landscape_view';
import {canvas_font, current_theme, ink_of} from './palette';
import type {pen} from './pen';
import {log_tick_texts, log_ticks, tick_text} from './ticks';
import {time_axis} from './time_axis';

const margins = {left: 56, right: 20, top: 14, bottom: 38};
/** How far above the greatest loss at a start the axis goes: one run that diverges leaves the others their room. */
const most_above_start = 1e3;

/** Loss against step of the paths of a landscape, with the step that the animation is at. */
export class loss_view extends canvas_figure {
  private paths: drawn_path[] = [];
  private step = Infinity;
  private time = new time_axis(1, true);
  /** Losses are shown above this one, on a logarithmic scale. */
  private floor = 0;
  private is_bounded = true;

  constructor(usual_height: number, on_pick: (step: number) => void) {
    super('Loss of each optimizer against the step', usual_height, margins);
    const pick = (event: PointerEvent) => {
      const share = (this.place(event)[0] - this.margin.left) / this.plot_width;
      on_pick(this.time.step_at(Math.min(1, Math.max(0, share))));
    };
    this.canvas.addEventListener('pointerdown', (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      pick(event);
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) pick(event);
    });
  }

  /** With what is seen of the landscape. Where it has no least loss, that of the image is the lowest that counts. */
  set_paths(paths: drawn_path[], drawn: image | null): void {
    this.paths = paths;
    this.is_bounded = drawn?.minimum !== null;
    let lowest = drawn?.minimum ?? Infinity;
    for (const loss of this.is_bounded ? paths.flatMap((each) => each.loss) : drawn?.losses ?? []) {
      if (loss !== null) lowest = Math.min(lowest, loss);
    }
    this.floor = Number.isFinite(lowest) ? lowest : 0;
    this.redraw();
  }
  set_step(step: number): void {
    this.step = step;
    this.redraw();
  }
  set_time(time: time_axis): void {
    this.time = time;
    this.redraw();
  }

  protected table(): (string | number | null)[][] {
    return [['optimizer', 'step', 'loss'],
            ...this.paths.flatMap((each) => each.step.map((step, i) => [each.label, step, each.loss[i] ?? null]))];
  }

  /** Excess over the floor, no smaller than rounding lets it be told. */
  private excess(loss: number): number {
    return Math.max(loss - this.floor, this.floor === 0 ? 1e-40 : Math.abs(this.floor) * 1e-16);
  }

  private range(): [number, number] {
    let low = Infinity, high = 0, start = 0;
    for (const each of this.paths) {
      each.loss.forEach((loss, i) => {
        if (loss === null) return;
        const excess = this.excess(loss);
        low = Math.min(low, excess);
        high = Math.max(high, excess);
        if (i === 0) start = Math.max(start, excess);
      });
    }
    if (!(high > 0)) return [0.1, 1];
    if (start > 0) high = Math.min(high, Math.max(start, low) * most_above_start);
    return [Math.max(low, high * (this.is_bounded ? 1e-32 : 1e-3)) / 1.5, high * 1.5];
  }

  protected draw(pen: pen): void {
    const colours = current_theme();
    const [low, high] = this.range();
    const {time} = this;
    const left = (step: number) => this.margin.left + time.share_of(Math.min(step, time.last)) * this.plot_width;
    const top = (excess: number) =>
        this.margin.top + (1 - Math.log(excess / low) / Math.log(high / low)) * this.plot_height;
    pen.font = canvas_font();
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.grid;
    pen.lineWidth = 1;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    const losses = log_ticks(low, high, this.plot_height / 34);
    log_tick_texts(losses).forEach((text, i) => {
      pen.fillText(text, this.margin.left - 8, top(losses[i]!));
      pen.strokeRect(this.margin.left, top(losses[i]!), this.plot_width, 0);
    });
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    for (const tick of time.ticks(Math.max(2, this.plot_width / 55))) {
      pen.fillText(tick_text(tick), left(tick), this.margin.top + this.plot_height + 6);
    }
    pen.fillText(`${this.quantity()} by step`, this.margin.left + this.plot_width / 2, this.margin.top + this.plot_height + 22 * this.scale);
    pen.save();
    pen.beginPath();
    pen.rect(this.margin.left, this.margin.top, this.plot_width + 8, this.plot_height + 2);
    pen.clip();
    for (const each of this.paths) this.draw_line(pen, each, left, top);
    if (Number.isFinite(this.step)) {
      pen.strokeStyle = colours.text;
      pen.lineWidth = this.scale;
      pen.strokeRect(left(this.step), this.margin.top, 0, this.plot_height);
    }
    pen.restore();
    for (const each of this.paths) this.draw_escape(pen, each, left, top, high);
  }

  private quantity(): string {
    if (this.floor === 0) return 'loss';
    return `loss ${this.floor < 0 ? '+' : '−'} ${tick_text(Math.abs(Number(this.floor.toPrecision(4))))}`;
  }

  private draw_line(pen: pen, of: drawn_path, left: (step: number) => number, top: (excess: number) => number): void {
    const ink = ink_of(of.ink);
    const until = row_at(of.step, this.step);
    const part = (from: number, to: number) => {
      pen.beginPath();
      for (let i = Math.max(0, from); i <= to; ++i) {
        const loss = of.loss[i];
        if (loss !== null && loss !== undefined) pen.lineTo(left(of.step[i]!), top(this.excess(loss)));
      }
      pen.stroke();
    };
    pen.strokeStyle = ink.colour;
    pen.lineJoin = 'round';
    pen.lineWidth = 2 * this.scale;
    pen.setLineDash(ink.dashes.map((length) => length * pen.lineWidth));
    pen.globalAlpha = 0.25;
    part(until, of.step.length - 1);
    pen.globalAlpha = 1;
    part(0, until);
    pen.setLineDash([]);
  }

  /** An arrowhead above the axis's end where a line leaves it for good. */
  private draw_escape(pen: pen, of: drawn_path, left: (step: number) => number, top: (excess: number) => number, high: number): void {
    let row = of.loss.length;
    while (row > 0 && (of.loss[row - 1] === null || this.excess(of.loss[row - 1]!) > high)) --row;
    if (row >= of.loss.length) return;
    // Where the line between the last row within and the first one beyond crosses the end.
    const last = of.loss[row - 1] ?? null, next = of.loss[row] ?? null, y = this.margin.top;
    const from = left(of.step[Math.max(0, row - 1)]!), above = last === null ? 0 : top(this.excess(last)) - y;
    const share = next === null || above <= 0 ? 0 : above / (above + y - top(this.excess(next)));
    const x = from + share * (left(of.step[row]!) - from);
    pen.beginPath();
    pen.moveTo(x - 5, y);
    pen.lineTo(x, y - 9);
    pen.lineTo(x + 5, y);
    pen.closePath();
    pen.fillStyle = ink_of(of.ink).colour;
    pen.fill();
  }
}
