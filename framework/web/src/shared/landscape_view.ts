import {canvas_figure} from './canvas_figure';
import {type box, is_within, part_within, type place} from './clip';
import {paint_relief, relief} from './contour';
import type {number_or_none, image} from './document';
import {h} from './dom';
import {count_text, number_text} from './format';
import {canvas_font, current_theme, ink_of} from './palette';
import type {pen} from './pen';
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
const room = 20;  // beyond the picture's edge, so that no line's end shows

/** A path beside the ones that matter: one of before, or one of many. */
export interface faint_path {
  x: number_or_none[];
  y: number_or_none[];
  colour: string;
  dashes: number[];
}

/**
 * A landscape of two dimensions seen from above, with paths up to a step. Drawn on a canvas of its own, since it is
 * drawn again for each frame of an animation; the relief is painted once for each size and colour scheme.
 */
export class landscape_view extends canvas_figure {
  private shown: relief | null = null;
  private painted: {key: string; image: HTMLCanvasElement} | null = null;
  private paths: drawn_path[] = [];
  private faint: faint_path[] = [];
  private step = Infinity;
  private start: [number, number] | null = null;
  private is_equal = false;

  constructor(label: string, usual_height: number, on_reading: (text: string) => void, hands?: landscape_hands) {
    super(label, usual_height, margins);
    this.canvas.addEventListener('pointermove', (event) => on_reading(this.reading(...this.place(event))));
    this.canvas.addEventListener('pointerleave', () => on_reading(''));
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
  set_faint(faint: faint_path[]): void {
    this.faint = faint;
    this.redraw();
  }
  /** Whether a unit is as long on one axis as on the other. */
  set_equal(is_equal: boolean): void {
    this.is_equal = is_equal;
    this.redraw();
  }

  /** Where the point lies on the page, for tests and for pointers. */
  place_of(x: number, y: number): {left: number; top: number} {
    return {left: this.left(x), top: this.top(y)};
  }

  private listen({on_pick, on_zoom}: landscape_hands): void {
    this.canvas.addEventListener('wheel', (event) => {
      const at = this.point_at(...this.place(event));
      if (!at || !event.ctrlKey && !event.shiftKey && !event.altKey) return;  // a plain wheel scrolls the page
      event.preventDefault();
      on_zoom(Math.exp(Math.sign(event.deltaY || event.deltaX) * 0.25), at);
    }, {passive: false});
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-description', 'Arrow keys move the start, with Shift farther.');
    this.canvas.classList.add('pickable');
    const pick = (event: PointerEvent) => {
      const at = this.point_at(...this.place(event));
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

  /** The part of the canvas that shows the landscape. */
  private get area(): {left: number; top: number; width: number; height: number} {
    const whole = {left: this.margin.left, top: this.margin.top, width: this.plot_width, height: this.plot_height};
    if (!this.is_equal || !this.shown) return whole;
    const {lower, upper} = this.shown.of;
    const [wide, high] = [upper[0] - lower[0], upper[1] - lower[1]];
    const unit = Math.min(whole.width / wide, whole.height / high);
    return {left: whole.left + (whole.width - unit * wide) / 2, top: whole.top, width: unit * wide, height: unit * high};
  }
  private left(x: number): number {
    const {lower, upper} = this.shown!.of;
    return this.area.left + (x - lower[0]) / (upper[0] - lower[0]) * this.area.width;
  }
  private top(y: number): number {
    const {lower, upper} = this.shown!.of;
    return this.area.top + (upper[1] - y) / (upper[1] - lower[1]) * this.area.height;
  }
  private point_at(left: number, top: number): [number, number] | null {
    if (!this.shown) return null;
    const {lower, upper} = this.shown.of;
    const {area} = this;
    const share = [(left - area.left) / area.width, (top - area.top) / area.height];
    if (share.some((each) => !(each >= 0 && each <= 1))) return null;
    return [lower[0] + share[0]! * (upper[0] - lower[0]), upper[1] - share[1]! * (upper[1] - lower[1])];
  }

  /** What lies at a place: the nearest point of a path, or the landscape itself, between whose values is interpolated. */
  private reading(left: number, top: number): string {
    const near = this.nearest(left, top);
    if (near) {
      const {of, row} = near;
      return `${of.label}, step ${count_text(of.step[row])}: (${number_text(of.x[row])}, ${number_text(of.y[row])}), loss ${number_text(of.loss[row])}`;
    }
    const at = this.point_at(left, top);
    if (!at || !this.shown) return '';
    const {loss, slope} = this.shown.reading(at);
    return `(${at.map((each) => number_text(Number(each.toPrecision(3)))).join(', ')}): loss ≈ ${number_text(rounded(loss))}, gradient ≈ ${number_text(rounded(slope))}`;
  }

  /** Within ten pixels, of what is drawn at this step. */
  private nearest(left: number, top: number): {of: drawn_path; row: number} | null {
    let found: {of: drawn_path; row: number} | null = null, least = 10 ** 2;
    if (!this.shown) return null;
    for (const of of this.paths) {
      const last = row_at(of.step, this.step);
      for (let row = 0; row <= last; ++row) {
        const x = of.x[row] ?? null, y = of.y[row] ?? null;
        if (x === null || y === null) continue;
        const away = (this.left(x) - left) ** 2 + (this.top(y) - top) ** 2;
        if (away < least) [found, least] = [{of, row}, away];
      }
    }
    return found;
  }

  protected table(): (string | number | null)[][] {
    return [['optimizer', 'step', 'x', 'y', 'loss'], ...this.paths.flatMap((each) =>
        each.step.map((step, i) => [each.label, step, each.x[i] ?? null, each.y[i] ?? null, each.loss[i] ?? null]))];
  }

  protected draw(pen: pen): void {
    if (!this.shown) return;
    const {area} = this;
    pen.drawImage(this.relief_image(), area.left, area.top, area.width, area.height);
    this.draw_axes(pen);
    pen.save();
    pen.beginPath();
    pen.rect(area.left, area.top, area.width, area.height);
    pen.clip();
    this.draw_minima(pen);
    for (const each of this.faint) this.draw_faint(pen, each);
    for (const each of this.paths) this.draw_path(pen, each);
    for (const each of this.paths) this.draw_head(pen, each);
    this.draw_start(pen);
    pen.restore();
  }

  private relief_image(): HTMLCanvasElement {
    // More pixels than this show nothing more of a grid of this size.
    const most = 1100;
    const {area} = this;
    const width = Math.min(most, Math.round(area.width * Math.min(devicePixelRatio || 1, 3)));
    const height = Math.max(1, Math.round(width * area.height / area.width));
    const dark = current_theme().dark;
    const key = `${width} ${height} ${dark}`;
    if (this.painted?.key !== key) {
      const image = h('canvas', {width, height});
      image.getContext('2d')!.putImageData(paint_relief(this.shown!, width, height, dark), 0, 0);
      this.painted = {key, image};
    }
    return this.painted.image;
  }

  private draw_axes(pen: pen): void {
    const {lower, upper} = this.shown!.of;
    const {area} = this;
    const colours = current_theme();
    pen.font = canvas_font();
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.grid;
    pen.lineWidth = 1;
    pen.strokeRect(area.left, area.top, area.width, area.height);
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    for (const x of ticks(lower[0], upper[0], Math.max(2, area.width / 90))) {
      pen.fillText(tick_text(x), this.left(x), area.top + area.height + 8);
    }
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const y of ticks(lower[1], upper[1], Math.max(2, area.height / 60))) {
      pen.fillText(tick_text(y), area.left - 8, this.top(y));
    }
  }

  private draw_minima(pen: pen): void {
    const colours = current_theme();
    for (const [x, y] of this.shown!.of.minima) {
      const [left, top] = [this.left(x), this.top(y)];
      pen.beginPath();
      for (let corner = 0; corner < 10; ++corner) {
        const angle = Math.PI * (corner / 5 - 0.5), radius = (corner % 2 ? 3.2 : 8) * this.scale;
        pen.lineTo(left + radius * Math.cos(angle), top + radius * Math.sin(angle));
      }
      pen.closePath();
      pen.fillStyle = colours.paper;
      pen.strokeStyle = colours.text;
      pen.lineWidth = 1.5 * this.scale;
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

  /**
   * Adds what is near the picture to the pen's path, up to a row and then to where the path is now. Dashes of a line that
   * leads far away would take the browser a second to draw.
   */
  private trace(pen: pen, {x, y}: {x: number_or_none[]; y: number_or_none[]}, last: number, head?: place): void {
    const {lower, upper} = this.shown!.of;
    const {area} = this;
    const near: box = {left: area.left - room, top: area.top - room, width: area.width + 2 * room, height: area.height + 2 * room};
    const [by_x, by_y] = [area.width / (upper[0] - lower[0]), area.height / (upper[1] - lower[1])];
    let before: place | null = null, was_within = false;
    pen.beginPath();
    const go = (to: place) => {
      const is_in = is_within(to, near);
      const part = !before || is_in && was_within ? null : part_within(before, to, near);
      if (part && !was_within) pen.moveTo(...part[0]);
      if (part) pen.lineTo(...part[1]);
      else if (is_in) pen.lineTo(...to);
      [before, was_within] = [to, is_in];
    };
    for (let i = 0; i <= last; ++i) {
      const px = x[i] ?? null, py = y[i] ?? null;
      if (px !== null && py !== null) go([area.left + (px - lower[0]) * by_x, area.top + (upper[1] - py) * by_y]);
    }
    if (head) go(head);
  }

  private draw_faint(pen: pen, of: faint_path): void {
    this.trace(pen, of, of.x.length - 1);
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1.3 * this.scale;
    pen.strokeStyle = of.colour;
    pen.setLineDash(of.dashes.map((length) => length * pen.lineWidth));
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  private draw_path(pen: pen, of: drawn_path): void {
    const {row, x, y} = this.head(of);
    if (row < 0) return;
    this.trace(pen, of, row, x === null || y === null ? undefined : [this.left(x), this.top(y)]);
    const ink = ink_of(of.ink);
    pen.lineJoin = pen.lineCap = 'round';
    pen.strokeStyle = current_theme().paper;  // a halo keeps crossing paths apart
    pen.globalAlpha = 0.6;
    pen.lineWidth = 4.5 * this.scale;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.strokeStyle = ink.colour;
    pen.lineWidth = 2.2 * this.scale;
    pen.setLineDash(ink.dashes.map((length) => length * pen.lineWidth));
    pen.stroke();
    pen.setLineDash([]);
  }

  private draw_head(pen: pen, of: drawn_path): void {
    const {x, y} = this.head(of);
    if (x === null || y === null) return;
    pen.beginPath();
    pen.arc(this.left(x), this.top(y), 5.5 * this.scale, 0, 2 * Math.PI);
    pen.fillStyle = ink_of(of.ink).colour;
    pen.strokeStyle = current_theme().paper;
    pen.lineWidth = 2 * this.scale;
    pen.fill();
    pen.stroke();
  }

  private draw_start(pen: pen): void {
    const first = this.paths[0];
    const start = this.start ?? (first && [first.x[0] ?? null, first.y[0] ?? null]) ?? this.shown!.of.start;
    if (start[0] === null || start[1] === null || start[0] === undefined || start[1] === undefined) return;
    const colours = current_theme();
    for (const [width, colour] of [[4, colours.paper], [2, colours.text]] as const) {
      pen.beginPath();
      pen.arc(this.left(start[0]), this.top(start[1]), 8 * this.scale, 0, 2 * Math.PI);
      pen.lineWidth = width * this.scale;
      pen.strokeStyle = colour;
      pen.stroke();
    }
  }
}

/** What is interpolated is known to no more than three digits. */
function rounded(value: number_or_none): number_or_none {
  return value === null ? null : Number(value.toPrecision(3));
}
