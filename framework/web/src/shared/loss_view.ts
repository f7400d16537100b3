import {h, once_a_frame} from './dom';
import {type drawn_path, row_at} from './landscape_view';
import {canvas_font, current_theme, ink_of, on_theme, type_scale} from './palette';
import {decade_ticks, tick_text, ticks} from './ticks';

const margins = {left: 56, right: 20, top: 10, bottom: 38};

/** Loss against step of the paths of a landscape, with the step that the animation is at. */
export class loss_view {
  readonly element: HTMLElement;
  private readonly canvas = h('canvas', {role: 'img', 'aria-label': 'Loss of each optimizer against the step'});
  private paths: drawn_path[] = [];
  private step = Infinity;
  private readonly scale = type_scale();
  private readonly height: number;
  /** Losses are shown above this one, on a logarithmic scale. */
  private floor = 0;

  constructor(usual_height: number, on_pick: (step: number) => void) {
    this.height = usual_height * this.scale;
    this.element = h('div', {class: 'landscape', style: `height:${this.height}px`}, this.canvas);
    new ResizeObserver(() => this.redraw()).observe(this.element);
    on_theme(this.element, () => this.redraw());
    const pick = (event: PointerEvent) => {
      const share = (event.clientX - this.canvas.getBoundingClientRect().left - this.margin.left) / this.plot_width;
      on_pick(Math.min(1, Math.max(0, share)) * this.last_step);
    };
    this.canvas.addEventListener('pointerdown', (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      pick(event);
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) pick(event);
    });
  }

  /** `minimum`: the least loss that there is, or null if it is not known. */
  set_paths(paths: drawn_path[], minimum: number | null): void {
    this.paths = paths;
    let lowest = minimum ?? Infinity;
    for (const each of paths) for (const loss of each.loss) if (loss !== null) lowest = Math.min(lowest, loss);
    this.floor = Number.isFinite(lowest) ? lowest : 0;
    this.redraw();
  }
  set_step(step: number): void {
    this.step = step;
    this.redraw();
  }

  private get margin(): typeof margins {
    return {left: margins.left * this.scale, right: margins.right, top: margins.top, bottom: margins.bottom * this.scale};
  }
  private get last_step(): number {
    return Math.max(1, ...this.paths.map((each) => each.step.at(-1) ?? 0));
  }
  private get plot_width(): number {
    return this.element.clientWidth - this.margin.left - this.margin.right;
  }
  private get plot_height(): number {
    return this.height - this.margin.top - this.margin.bottom;
  }

  /** Excess over the floor, no smaller than rounding lets it be told. */
  private excess(loss: number): number {
    return Math.max(loss - this.floor, this.floor === 0 ? 1e-40 : Math.abs(this.floor) * 1e-16);
  }

  private range(): [number, number] {
    let low = Infinity, high = 0;
    for (const each of this.paths) {
      for (const loss of each.loss) {
        if (loss === null) continue;
        low = Math.min(low, this.excess(loss));
        high = Math.max(high, this.excess(loss));
      }
    }
    if (!(high > 0)) return [0.1, 1];
    return [Math.max(low, high * 1e-32) / 1.5, high * 1.5];
  }

  private readonly redraw = once_a_frame(() => this.draw());

  private draw(): void {
    const width = this.element.clientWidth;
    if (this.plot_width < 20) return;
    const scale = Math.min(devicePixelRatio || 1, 3);
    [this.canvas.width, this.canvas.height] = [Math.round(width * scale), Math.round(this.height * scale)];
    const pen = this.canvas.getContext('2d')!;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const colours = current_theme();
    const [low, high] = this.range();
    const last = this.last_step;
    const left = (step: number) => this.margin.left + step / last * this.plot_width;
    const top = (excess: number) =>
        this.margin.top + (1 - Math.log(excess / low) / Math.log(high / low)) * this.plot_height;
    pen.font = canvas_font();
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.grid;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const tick of decade_ticks(low, high, this.plot_height / 34)) {
      pen.fillText(`10${superscript(Math.round(Math.log10(tick)))}`, this.margin.left - 8, top(tick));
      pen.strokeRect(this.margin.left, top(tick), this.plot_width, 0);
    }
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    for (const tick of ticks(0, last, Math.max(2, this.plot_width / 90))) {
      pen.fillText(tick_text(tick), left(tick), this.margin.top + this.plot_height + 6);
    }
    pen.fillText(this.floor === 0 ? 'loss by step' : `loss − ${tick_text(Number(this.floor.toPrecision(4)))} by step`,
                 this.margin.left + this.plot_width / 2, this.margin.top + this.plot_height + 22 * this.scale);
    pen.save();
    pen.beginPath();
    pen.rect(this.margin.left, this.margin.top - 6, this.plot_width + 8, this.plot_height + 8);
    pen.clip();
    for (const each of this.paths) this.draw_line(pen, each, left, top);
    if (Number.isFinite(this.step)) {
      pen.strokeStyle = colours.text;
      pen.lineWidth = 1;
      pen.strokeRect(left(Math.min(this.step, last)), this.margin.top, 0, this.plot_height);
    }
    pen.restore();
  }

  private draw_line(pen: CanvasRenderingContext2D, of: drawn_path, left: (step: number) => number,
                    top: (excess: number) => number): void {
    const ink = ink_of(of.ink);
    const until = row_at(of.step, this.step);
    const part = (from: number, to: number) => {
      const trace = new Path2D();
      for (let i = Math.max(0, from); i <= to; ++i) {
        const loss = of.loss[i];
        if (loss !== null && loss !== undefined) trace.lineTo(left(of.step[i]!), top(this.excess(loss)));
      }
      return trace;
    };
    pen.strokeStyle = ink.colour;
    pen.lineJoin = 'round';
    pen.lineWidth = 2;
    pen.setLineDash(ink.dashes.map((length) => length * 2));
    pen.globalAlpha = 0.25;
    pen.stroke(part(until, of.step.length - 1));
    pen.globalAlpha = 1;
    pen.stroke(part(0, until));
    pen.setLineDash([]);
  }
}

function superscript(power: number): string {
  return String(power).replace(/./g, (each) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(each)] ?? '⁻');
}
