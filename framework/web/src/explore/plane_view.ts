import {canvas_figure} from '../shared/canvas_figure';
import {counted, number_text} from '../shared/format';
import {canvas_font, current_theme, ink_of} from '../shared/palette';
import type {pen} from '../shared/pen';
import {tick_text} from '../shared/ticks';

const margins = {left: 74, right: 14, top: 10, bottom: 44};

export interface plane_axis {
  title: string;
  /** One a cell, from the left or from below. */
  values: number[];
}

/** What became of the run at one cell. */
export interface plane_cell {
  /** To the target; null if it was not met. */
  steps: number | null;
  has_failed: boolean;
  /** Of runs that end at different minima: in which ink it is drawn. */
  group?: number;
  /** What else there is to say of it. */
  text: string;
}

/** A cell, and how many cells beside it it stands for until they are known. */
interface patch extends plane_cell {
  size: number;
}

const soon = '#0b5394', late = [222, 235, 247];

function mixed(colour: string, share: number): string {
  const parts = [1, 3, 5].map((from, i) => {
    const part = parseInt(colour.slice(from, from + 2), 16);
    return Math.round(part + (late[i]! - part) * share);
  });
  return `rgb(${parts.join(',')})`;
}

/** Steps to the target over two values: the darker, the sooner. A cell is chosen by a click, or by arrow keys and Enter. */
export class plane_view extends canvas_figure {
  private readonly cells = new Map<string, patch>();
  private cursor: [number, number] | null = null;
  private current: [number, number] | null = null;

  constructor(label: string, private readonly axes: [plane_axis, plane_axis], private readonly on_reading: (text: string) => void,
              on_choose: (column: number, row: number) => void) {
    super(label, 380, margins);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-description', 'Arrow keys move from cell to cell, Enter takes its values.');
    this.canvas.classList.add('choosable');
    this.canvas.addEventListener('pointermove', (event) => this.point_to(this.cell_at(...this.place(event))));
    this.canvas.addEventListener('click', (event) => {
      const at = this.cell_at(...this.place(event as PointerEvent));
      if (at) on_choose(...at);
    });
    this.canvas.addEventListener('keydown', (event) => {
      const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
      if (event.key === 'Enter' && this.cursor) on_choose(...this.cursor);
      if (!way) return;
      event.preventDefault();
      const from = this.cursor ?? this.current ?? [0, 0];
      const within = (axis: 0 | 1) => Math.min(axes[axis].values.length - 1, Math.max(0, from[axis] + way[axis]!));
      this.point_to([within(0), within(1)]);
    });
  }

  /** `size`: of the square of cells that it stands for until they are known. */
  set(column: number, row: number, size: number, cell: plane_cell): void {
    this.cells.set(`${column} ${row}`, {...cell, size});
    this.redraw();
  }
  /** The cell that the page shows now. */
  set_current(column: number, row: number): void {
    this.current = [column, row];
    this.redraw();
  }

  /** The fewest steps, and the most, of those that met the target. */
  range(): [number, number] {
    const all = [...this.cells.values()].flatMap((each) => each.steps === null ? [] : [Math.max(1, each.steps)]);
    return [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), 0)];
  }

  private point_to(at: [number, number] | null): void {
    this.cursor = at;
    this.on_reading(at ? this.reading(...at) : '');
    this.redraw();
  }

  private reading(column: number, row: number): string {
    const [x, y] = this.axes;
    const place = `${x.title} ${number_text(x.values[column])}, ${y.title} ${number_text(y.values[row])}`;
    const cell = this.cells.get(`${column} ${row}`);
    if (!cell) return place;
    return `${place}: ${cell.steps === null ? (cell.has_failed ? 'failed' : 'target not met') : counted(cell.steps, 'step')}${cell.text && `, ${cell.text}`}`;
  }

  private get size(): [number, number] {
    return [this.plot_width / this.axes[0].values.length, this.plot_height / this.axes[1].values.length];
  }
  private cell_at(left: number, top: number): [number, number] | null {
    const [wide, high] = this.size;
    const at: [number, number] = [Math.floor((left - this.margin.left) / wide), Math.floor((this.margin.top + this.plot_height - top) / high)];
    return at.every((each, i) => each >= 0 && each < this.axes[i]!.values.length) ? at : null;
  }

  protected table(): (string | number | null)[][] {
    const [x, y] = this.axes;
    return [[x.title, y.title, 'steps', 'failed'], ...[...this.cells].map(([key, {steps, has_failed}]) => {
      const [column, row] = key.split(' ').map(Number) as [number, number];
      return [x.values[column] ?? null, y.values[row] ?? null, steps, String(has_failed)];
    })];
  }

  protected draw(pen: pen): void {
    const colours = current_theme();
    const [wide, high] = this.size;
    const [least, most] = this.range();
    const {left, top} = this.margin;
    const corner = (column: number, row: number, rows: number): [number, number] =>
        [left + column * wide, top + this.plot_height - (row + rows) * high];
    const columns = this.axes[0].values.length, rows = this.axes[1].values.length;
    // Coarse patches first, so that finer ones lie on them.
    for (const [key, cell] of [...this.cells].sort((a, b) => b[1].size - a[1].size)) {
      const [column, row] = key.split(' ').map(Number) as [number, number];
      const [over, up] = [Math.min(cell.size, columns - column), Math.min(cell.size, rows - row)];
      const [x, y] = corner(column, row, up);
      const share = cell.steps === null || most <= least ? 0 : Math.log(Math.max(1, cell.steps) / least) / Math.log(most / least);
      const colour = cell.group === undefined ? soon : ink_of(cell.group).colour;
      pen.fillStyle = cell.steps === null ? colours.grid : mixed(colour, 0.9 * share);
      pen.fillRect(x, y, over * wide + 0.5, up * high + 0.5);
    }
    for (const [key, cell] of this.cells) {
      const [x, y] = corner(...key.split(' ').map(Number) as [number, number], 1);
      if (cell.has_failed) this.draw_cross(pen, x + wide / 2, y + high / 2);
    }
    this.draw_axes(pen);
    for (const [at, colour] of [[this.current, '#d55e00'], [this.cursor, colours.text]] as const) {
      if (!at) continue;
      const [x, y] = corner(at[0], at[1], 1);
      pen.strokeStyle = colour;
      pen.lineWidth = 2.5;
      pen.strokeRect(x, y, wide, high);
    }
  }

  private draw_cross(pen: pen, x: number, y: number): void {
    pen.strokeStyle = current_theme().muted;
    pen.lineWidth = 1;
    for (const way of [1, -1]) {
      pen.beginPath();
      pen.moveTo(x - 3, y - 3 * way);
      pen.lineTo(x + 3, y + 3 * way);
      pen.stroke();
    }
  }

  private draw_axes(pen: pen): void {
    const colours = current_theme();
    const [x, y] = this.axes;
    const [wide, high] = this.size;
    const {left, top} = this.margin;
    pen.font = canvas_font();
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.grid;
    pen.lineWidth = 1;
    pen.strokeRect(left, top, this.plot_width, this.plot_height);
    const every = (of: plane_axis, room: number) => Math.max(1, Math.ceil(of.values.length / Math.max(2, room)));
    const text = (value: number) => tick_text(Number(value.toPrecision(3)));
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    x.values.forEach((value, i) => {
      if (i % every(x, this.plot_width / 90) === 0) pen.fillText(text(value), left + (i + 0.5) * wide, top + this.plot_height + 6);
    });
    pen.fillText(x.title, left + this.plot_width / 2, top + this.plot_height + 24 * this.scale);
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    y.values.forEach((value, i) => {
      if (i % every(y, this.plot_height / 50) === 0) pen.fillText(text(value), left - 8, top + this.plot_height - (i + 0.5) * high);
    });
    pen.textAlign = 'left';
    pen.textBaseline = 'top';
    pen.fillStyle = colours.text;
    pen.fillText(y.title, 2, 0);
  }
}
