import {paint_relief, relief} from './contour';
import type {number_or_none, image} from './document';
import {h, once_a_frame} from './dom';
import {canvas_font, current_theme, ink_of, on_theme, type_scale} from './palette';
import {tick_text, ticks} from './ticks';

/** One optimizer's way over the landscape, in columns, a row for each step that is drawn. */
export interface drawn_path {
  label: string;
  /** Which colour, dash and marker. */
  ink: number;
  step: number[];
  x: number_or_none[];
  y: number_or_none[];
  loss: number_or_none[];
}

/** What may be done to a landscape with a pointer or keys. */
export interface landscape_hands {
  on_pick(x: number, y: number): void;
  /** Show so many times the width, with that point where it is. */
  on_zoom(factor: number, around: [number, number]): void;
}

/** Index of the last row whose step is at most `step`; -1 before the first. */
export function row_at(steps: number[], step: number): number {
  let low = 0, high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The loss at a step, between two rows as its curve on a logarithmic axis has it; null where there is none. */
export function loss_at(of: drawn_path, step: number): number_or_none {
  const row = row_at(of.step, step);
  const loss = of.loss[row] ?? null, next = of.loss[row + 1] ?? null;
  if (loss === null || next === null || of.step[row] === step) return loss;
  const share = (step - of.step[row]!) / (of.step[row + 1]! - of.step[row]!);
  return loss > 0 && next > 0 ? loss * (next / loss) ** share : loss + share * (next - loss);
}

const margins = {left: 44, right: 10, top: 10, bottom: 28};

/**
 * A landscape of two dimensions seen from above, with paths up to a step. Drawn on a canvas of its own, since it is
 * drawn again for each frame of an animation; the relief is painted once for each size and colour scheme.
 */
export class landscape_view {
  readonly element: HTMLElement;
  private readonly canvas = h('canvas', {});
  private shown: relief | null = null;
  private painted: {key: string; image: HTMLCanvasElement} | null = null;
  private paths: drawn_path[] = [];
  private step = Infinity;
  private start: [number, number] | null = null;
  private readonly scale = type_scale();
  private readonly height: number;

  constructor(label: string, usual_height: number, hands?: landscape_hands) {
    this.height = usual_height * this.scale;
    this.element = h('div', {class: 'landscape', style: `height:${this.height}px`}, this.canvas);
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', label);
    new ResizeObserver(() => this.redraw()).observe(this.element);
    on_theme(this.element, () => this.redraw());
    if (hands) this.listen(hands);
  }

  set_image(drawn: image | null): void {
    this.shown = drawn ? new relief(drawn) : null;
    this.painted = null;
    this.redraw();
  }
  set_paths(paths: drawn_path[]): void {
    this.paths = paths;
    this.redraw();
  }
  /** Marks where the paths start; null: where each path does. */
  set_start(start: [number, number] | null): void {
    this.start = start;
    this.redraw();
  }
  set_step(step: number): void {
    this.step = step;
    this.redraw();
  }

  /** Where the point lies on the page, for tests and for pointers. */
  place_of(x: number, y: number): {left: number; top: number} {
    return {left: this.left(x), top: this.top(y)};
  }

  private listen({on_pick, on_zoom}: landscape_hands): void {
    this.canvas.addEventListener('wheel', (event) => {
      const box = this.canvas.getBoundingClientRect();
      const at = this.point_at(event.clientX - box.left, event.clientY - box.top);
      if (!at || !event.ctrlKey && !event.shiftKey && !event.altKey) return;  // a plain wheel scrolls the page
      event.preventDefault();
      on_zoom(Math.exp(Math.sign(event.deltaY || event.deltaX) * 0.25), at);
    }, {passive: false});
    this.canvas.tabIndex = 0;
    this.canvas.classList.add('pickable');
    const pick = (event: PointerEvent) => {
      const box = this.canvas.getBoundingClientRect();
      const at = this.point_at(event.clientX - box.left, event.clientY - box.top);
      if (at) on_pick(at[0], at[1]);
    };
    this.canvas.addEventListener('pointerdown', (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      pick(event);
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) pick(event);
    });
    this.canvas.addEventListener('keydown', (event) => {
      const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
      const from = this.start ?? this.shown?.of.start;
      if (!way || !from || !this.shown) return;
      event.preventDefault();
      const {lower, upper} = this.shown.of;
      const share = event.shiftKey ? 0.05 : 0.01;
      on_pick(from[0] + way[0]! * share * (upper[0] - lower[0]), from[1] + way[1]! * share * (upper[1] - lower[1]));
    });
  }

  private get margin(): typeof margins {
    return {left: margins.left * this.scale, right: margins.right, top: margins.top, bottom: margins.bottom * this.scale};
  }
  private get width(): number {
    return this.element.clientWidth;
  }
  private get plot_width(): number {
    return this.width - this.margin.left - this.margin.right;
  }
  private get plot_height(): number {
    return this.height - this.margin.top - this.margin.bottom;
  }
  private left(x: number): number {
    const {lower, upper} = this.shown!.of;
    return this.margin.left + (x - lower[0]) / (upper[0] - lower[0]) * this.plot_width;
  }
  private top(y: number): number {
    const {lower, upper} = this.shown!.of;
    return this.margin.top + (upper[1] - y) / (upper[1] - lower[1]) * this.plot_height;
  }
  private point_at(left: number, top: number): [number, number] | null {
    if (!this.shown) return null;
    const {lower, upper} = this.shown.of;
    const share = [(left - this.margin.left) / this.plot_width, (top - this.margin.top) / this.plot_height];
    if (share.some((each) => !(each >= 0 && each <= 1))) return null;
    return [lower[0] + share[0]! * (upper[0] - lower[0]), upper[1] - share[1]! * (upper[1] - lower[1])];
  }

  private readonly redraw = once_a_frame(() => this.draw());

  private draw(): void {
    if (this.plot_width < 20) return;
    const scale = Math.min(devicePixelRatio || 1, 3);
    const [wide, high] = [Math.round(this.width * scale), Math.round(this.height * scale)];
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      [this.canvas.width, this.canvas.height] = [wide, high];
    }
    const pen = this.canvas.getContext('2d')!;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    if (!this.shown) return;
    pen.drawImage(this.relief_image(scale), this.margin.left, this.margin.top, this.plot_width, this.plot_height);
    this.draw_axes(pen);
    pen.save();
    pen.beginPath();
    pen.rect(this.margin.left, this.margin.top, this.plot_width, this.plot_height);
    pen.clip();
    this.draw_minima(pen);
    for (const each of this.paths) this.draw_path(pen, each);
    for (const each of this.paths) this.draw_head(pen, each);
    this.draw_start(pen);
    pen.restore();
  }

  private relief_image(scale: number): HTMLCanvasElement {
    // More pixels than this show nothing more of a grid of this size.
    const most = 1100;
    const width = Math.min(most, Math.round(this.plot_width * scale));
    const height = Math.max(1, Math.round(width * this.plot_height / this.plot_width));
    const dark = current_theme().dark;
    const key = `${width} ${height} ${dark}`;
    if (this.painted?.key !== key) {
      const image = h('canvas', {width, height});
      image.getContext('2d')!.putImageData(paint_relief(this.shown!, width, height, dark), 0, 0);
      this.painted = {key, image};
    }
    return this.painted.image;
  }

  private draw_axes(pen: CanvasRenderingContext2D): void {
    const {lower, upper} = this.shown!.of;
    const colours = current_theme();
    pen.font = canvas_font();
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.grid;
    pen.lineWidth = 1;
    pen.strokeRect(this.margin.left, this.margin.top, this.plot_width, this.plot_height);
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    for (const x of ticks(lower[0], upper[0], Math.max(2, this.plot_width / 90))) {
      pen.fillText(tick_text(x), this.left(x), this.margin.top + this.plot_height + 8);
    }
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const y of ticks(lower[1], upper[1], Math.max(2, this.plot_height / 60))) {
      pen.fillText(tick_text(y), this.margin.left - 8, this.top(y));
    }
  }

  private draw_minima(pen: CanvasRenderingContext2D): void {
    const colours = current_theme();
    for (const [x, y] of this.shown!.of.minima) {
      const [left, top] = [this.left(x), this.top(y)];
      pen.beginPath();
      for (let corner = 0; corner < 10; ++corner) {
        const angle = Math.PI * (corner / 5 - 0.5), radius = corner % 2 ? 3.2 : 8;
        pen.lineTo(left + radius * Math.cos(angle), top + radius * Math.sin(angle));
      }
      pen.closePath();
      pen.fillStyle = colours.paper;
      pen.strokeStyle = colours.text;
      pen.lineWidth = 1.5;
      pen.fill();
      pen.stroke();
    }
  }

  /** The row reached and the place between it and the next one. */
  private head(of: drawn_path): {row: number; x: number_or_none; y: number_or_none} {
    const row = row_at(of.step, this.step);
    const x = of.x[row] ?? null, y = of.y[row] ?? null, next_x = of.x[row + 1] ?? null, next_y = of.y[row + 1] ?? null;
    if (row < 0 || x === null || y === null || next_x === null || next_y === null) return {row, x, y};
    const share = (this.step - of.step[row]!) / (of.step[row + 1]! - of.step[row]!);
    return {row, x: x + share * (next_x - x), y: y + share * (next_y - y)};
  }

  private draw_path(pen: CanvasRenderingContext2D, of: drawn_path): void {
    const {row, x, y} = this.head(of);
    if (row < 0) return;
    const trace = new Path2D();
    for (let i = 0; i <= row; ++i) {
      const px = of.x[i], py = of.y[i];
      if (px !== null && px !== undefined && py !== null && py !== undefined) trace.lineTo(this.left(px), this.top(py));
    }
    if (x !== null && y !== null) trace.lineTo(this.left(x), this.top(y));
    const ink = ink_of(of.ink);
    pen.lineJoin = pen.lineCap = 'round';
    pen.strokeStyle = current_theme().paper;  // a halo keeps crossing paths apart
    pen.globalAlpha = 0.6;
    pen.lineWidth = 4.5;
    pen.stroke(trace);
    pen.globalAlpha = 1;
    pen.strokeStyle = ink.colour;
    pen.lineWidth = 2.2;
    pen.setLineDash(ink.dashes.map((length) => length * 2.2));
    pen.stroke(trace);
    pen.setLineDash([]);
  }

  private draw_head(pen: CanvasRenderingContext2D, of: drawn_path): void {
    const {x, y} = this.head(of);
    if (x === null || y === null) return;
    pen.beginPath();
    pen.arc(this.left(x), this.top(y), 5.5, 0, 2 * Math.PI);
    pen.fillStyle = ink_of(of.ink).colour;
    pen.strokeStyle = current_theme().paper;
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
  }

  private draw_start(pen: CanvasRenderingContext2D): void {
    const first = this.paths[0];
    const start = this.start ?? (first && [first.x[0] ?? null, first.y[0] ?? null]) ?? this.shown!.of.start;
    if (start[0] === null || start[1] === null || start[0] === undefined || start[1] === undefined) return;
    const colours = current_theme();
    for (const [width, colour] of [[4, colours.paper], [2, colours.text]] as const) {
      pen.beginPath();
      pen.arc(this.left(start[0]), this.top(start[1]), 8, 0, 2 * Math.PI);
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.stroke();
    }
  }
}
