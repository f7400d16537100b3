import {type image, type number_or_none, succeeded} from '../shared/document';
import {field, h, select} from '../shared/dom';
import {count_text, counted, number_text} from '../shared/format';
import type {faint_path} from '../shared/landscape_view';
import {chart} from '../shared/plotly';
import {type catalog, find, type hyperparameter} from './catalog';
import {number_field} from './hyperparameter_field';
import {type plane_axis, type plane_cell, plane_view} from './plane_view';
import {refusal} from './requests';
import {share_of, value_at} from './scale';
import {type driven, labels, type state} from './state';
import {most_runs, to_function, to_page, trace, type traced_path} from './tracing';

type kind = 'plane' | 'starts' | 'fan';
const kinds: [kind, string][] = [
  ['plane', 'steps to the target over two values'], ['starts', 'steps to the target from each start'], ['fan', 'paths of many values'],
];
/** Hyperparameters with a range to search that each takes. */
const least_names: Record<kind, number> = {plane: 2, starts: 0, fan: 1};
const plane_cells = 20, start_cells = 16, fan_values = 15;

/** What it needs of the tab around it. */
export interface sweep_surroundings {
  shown: state;
  plugins(): catalog;
  drawn(): image | null;
  /** Values of the state were chosen here. */
  adopted(): void;
  show_fan(paths: faint_path[]): void;
}

/** Coarse cells first, each with the size of what it stands for until the next ones are there. */
function* in_passes(count: number): Generator<{column: number; row: number; size: number}> {
  for (const size of [4, 2, 1]) {
    for (let row = 0; row < count; row += size) {
      for (let column = 0; column < count; column += size) {
        const is_known = size < 4 && row % (2 * size) === 0 && column % (2 * size) === 0;
        if (!is_known) yield {column, row, size};
      }
    }
  }
}

function chunks<item>(all: Iterable<item>, most: number): item[][] {
  const list = [...all];
  return Array.from({length: Math.ceil(list.length / most)}, (_, i) => list.slice(i * most, (i + 1) * most));
}

function last_of(values: number_or_none[]): number_or_none {
  return values.filter((each) => each !== null).at(-1) ?? null;
}

function last_place(of: traced_path): [number, number] | null {
  const x = last_of(of.x), y = last_of(of.y);
  return x === null || y === null ? null : [x, y];
}

function cell_of(of: traced_path, group?: number): plane_cell {
  const place = last_place(of);
  return {
    steps: of.status === 'reached target' ? of.steps : null, has_failed: !succeeded(of.status), ...(group === undefined ? {} : {group}),
    text: succeeded(of.status) ? (place ? `ends at (${place.map((each) => number_text(Number(each.toPrecision(3)))).join(', ')})` : '') : of.status,
  };
}

/** Which of several minima a path ends nearest to; undefined where there is one. */
function minimum_of(of: traced_path, drawn: image): number | undefined {
  const place = last_place(of);
  if (!place || drawn.minima.length < 2) return undefined;
  const away = drawn.minima.map(([x, y]) => Math.hypot(x - place[0], y - place[1]));
  return away.indexOf(Math.min(...away));
}

/** One optimizer with many values, or from many starts, computed while one looks on; a click takes what it shows. */
export class sweep_part {
  readonly element: HTMLElement;
  private kind: kind = 'plane';
  private run = 0;
  private names: [string, string] = ['lr', ''];
  private target = 1e-3;
  private written = '';
  private abort: AbortController | null = null;
  private readonly fields = h('div', {class: 'controls'});
  private readonly place = h('div', {});
  private readonly status = h('p', {class: 'status', role: 'status'});
  private readonly reading = h('output', {class: 'reading-line'});

  constructor(private readonly around: sweep_surroundings) {
    this.element = h('section', {class: 'card', 'aria-labelledby': 'sweep-title'},
      h('header', {}, h('h2', {id: 'sweep-title'}, 'Many at once'),
        h('p', {class: 'hint'}, 'One optimizer with many values, or from many starts. A click takes the values that it shows.')),
      this.fields, this.place, this.reading, this.status);
    this.write_fields();
  }

  /** Optimizers may have come, gone or changed. */
  runs_changed(): void {
    if (labels(this.around.shown.runs).join() !== this.written) this.write_fields();
  }

  /** As the optimizers and their plugins are now. */
  write_fields(): void {
    const {runs} = this.around.shown;
    this.written = labels(runs).join();
    this.run = Math.min(this.run, Math.max(0, runs.length - 1));
    const names = this.ranged().map((each) => each.name);
    const offered = kinds.filter(([kind]) => names.length >= least_names[kind]);
    if (!offered.some(([kind]) => kind === this.kind)) this.kind = offered[0]![0];
    if (!names.includes(this.names[0])) this.names[0] = names[0] ?? '';
    if (!names.includes(this.names[1]) || this.names[1] === this.names[0]) this.names[1] = names.find((each) => each !== this.names[0]) ?? '';
    const pick = (axis: 0 | 1) => select(names.map((each) => [each, each]), this.names[axis], (value) => {
      this.names[axis] = value;
      this.write_fields();
    });
    const compute = h('button', {type: 'button', class: 'play'}, this.abort ? 'Stop' : 'Compute');
    compute.addEventListener('click', () => this.abort ? this.abort.abort() : void this.compute());
    this.fields.replaceChildren(
      field('show', select(offered, this.kind, (value) => {
        this.kind = value as kind;
        this.write_fields();
      })),
      field('of', select(labels(runs).map((label, i) => [String(i), label]), String(this.run), (value) => {
        this.run = Number(value);
        this.write_fields();
      })),
      ...(this.kind === 'starts' ? [] : [field(this.kind === 'plane' ? 'across' : 'over', pick(0))]),
      ...(this.kind === 'plane' ? [field('up', pick(1))] : []),
      ...(this.kind === 'fan' ? [] : [number_field('target, above the minimum', this.target, 1e-300, 1e300, 'any', (value) => { this.target = value; })]),
      compute);
  }

  private chosen(): driven | undefined {
    return this.around.shown.runs[this.run];
  }
  private ranged(): hyperparameter[] {
    const run = this.chosen();
    return run ? find(this.around.plugins().optimizers, run.use)?.hyperparameters.filter((each) => each.search) ?? [] : [];
  }
  private named(name: string): hyperparameter {
    const found = this.ranged().find((each) => each.name === name);
    if (!found) throw new refusal(`${labels(this.around.shown.runs)[this.run] ?? 'Nothing'} has too few hyperparameters with a range to search.`, 0);
    return found;
  }

  private async compute(): Promise<void> {
    const run = this.chosen();
    if (!run) return;
    this.abort = new AbortController();
    this.write_fields();
    this.status.classList.remove('fault');
    this.around.show_fan([]);
    try {
      const of = structuredClone(this.around.shown);
      if (this.kind === 'plane') await this.plane(of, run, this.abort.signal);
      else if (this.kind === 'starts') await this.starts(of, run, this.abort.signal);
      else await this.fan(of, run);
    } catch (problem) {
      this.status.textContent = problem instanceof Error ? problem.message.replace(/^manifest:\d+:\d+: /gm, '') : String(problem);
      this.status.classList.add('fault');
    }
    this.abort = null;
    this.write_fields();
  }

  private say(done: number, all: number, view: plane_view): void {
    const [least, most] = view.range();
    const scale = most > least ? `From dark, ${counted(least, 'step')}, to pale, ${count_text(most)}` : most > 0 ? 'Dark: target met' : 'No run met the target';
    this.status.textContent = done < all ? `${done} of ${counted(all, 'run')}…` : `${counted(all, 'run')}. ${scale}; grey: target not met; ×: failed.`;
  }

  private show(view: plane_view): void {
    this.place.replaceChildren(view.element);
  }

  private axis(of: hyperparameter): plane_axis {
    return {title: of.name, values: Array.from({length: plane_cells}, (_, i) => value_at(of, i / (plane_cells - 1)))};
  }

  private async plane(of: state, run: driven, signal: AbortSignal): Promise<void> {
    const [x, y] = this.names.map((name) => this.named(name)) as [hyperparameter, hyperparameter];
    const axes: [plane_axis, plane_axis] = [this.axis(x), this.axis(y)];
    const values = (column: number, row: number) => ({[x.name]: axes[0].values[column]!, [y.name]: axes[1].values[row]!});
    const view = new plane_view(`Steps to the target over ${x.name} and ${y.name}`, axes, (text) => { this.reading.textContent = text; }, (column, row) => {
      Object.assign(run.with, values(column, row));
      view.set_current(column, row);
      this.around.adopted();
    });
    const cell = (each: hyperparameter) => Math.round(share_of(each, (run.with[each.name] ?? each.default) as number) * (plane_cells - 1));
    view.set_current(cell(x), cell(y));
    this.show(view);
    let done = 0;
    for (const chunk of chunks(in_passes(plane_cells), most_runs)) {
      const runs = chunk.map(({column, row}) => ({...run, with: {...run.with, ...values(column, row)}}));
      const {paths} = await trace({...of, runs}, undefined, this.target);
      if (signal.aborted) return;
      chunk.forEach(({column, row, size}, i) => view.set(column, row, size, cell_of(paths[i]!)));
      this.say(done += chunk.length, plane_cells ** 2, view);
    }
  }

  private async starts(of: state, run: driven, signal: AbortSignal): Promise<void> {
    const drawn = this.around.drawn();
    if (!drawn) return;
    const values = ([0, 1] as const).map((axis) => Array.from({length: start_cells}, (_, i) =>
        drawn.lower[axis] + (i + 0.5) / start_cells * (drawn.upper[axis] - drawn.lower[axis])));
    const start = (column: number, row: number) => to_function(drawn, [values[0]![column]!, values[1]![row]!])
        .map((each) => Number(each.toPrecision(4))) as [number, number];
    const view = new plane_view('Steps to the target from each start', [{title: 'x', values: values[0]!}, {title: 'y', values: values[1]!}],
                                (text) => { this.reading.textContent = text; }, (column, row) => {
      this.around.shown.start = start(column, row);
      view.set_current(column, row);
      this.around.adopted();
    });
    const now = of.start ? to_page(drawn, of.start) : drawn.start;
    const cell = (axis: 0 | 1) => Math.floor((now[axis] - drawn.lower[axis]) / (drawn.upper[axis] - drawn.lower[axis]) * start_cells);
    view.set_current(cell(0), cell(1));
    this.show(view);
    let done = 0;
    for (const {column, row, size} of in_passes(start_cells)) {
      const found = await this.from(of, run, start(column, row), drawn);
      if (signal.aborted) return;
      view.set(column, row, size, found);
      this.say(++done, start_cells ** 2, view);
    }
  }

  /** A start that meets the target is an error of a manifest, and an answer here. */
  private async from(of: state, run: driven, start: [number, number], drawn: image): Promise<plane_cell> {
    try {
      const {paths} = await trace({...of, start, runs: [run]}, undefined, this.target);
      return cell_of(paths[0]!, minimum_of(paths[0]!, drawn));
    } catch (problem) {
      if (problem instanceof refusal && /start/.test(problem.message)) return {steps: 0, has_failed: false, text: 'the start meets the target'};
      throw problem;
    }
  }

  private async fan(of: state, run: driven): Promise<void> {
    const along = this.named(this.names[0]);
    const values = Array.from({length: fan_values}, (_, i) => value_at(along, i / (fan_values - 1)));
    const paths: traced_path[] = [];
    for (const chunk of chunks(values, most_runs)) {
      const answer = await trace({...of, runs: chunk.map((value) => ({...run, with: {...run.with, [along.name]: value}}))});
      paths.push(...answer.paths);
    }
    const colour = (i: number) => `hsl(${260 - 220 * i / (fan_values - 1)} 75% 48%)`;
    this.around.show_fan(paths.map((each, i) => ({x: each.x, y: each.y, colour: colour(i), dashes: []})));
    const floor = this.around.drawn()?.minimum ?? null;
    const losses = paths.map((each) => succeeded(each.status) ? last_of(each.loss) : null)
                       .map((loss) => loss === null || floor === null ? loss : Math.max(loss - floor, Number.MIN_VALUE));
    const is_log = losses.every((each) => each === null || each > 0);
    const figure = chart(`Last loss over ${along.name}`, 300, () => ({
      data: [{type: 'scatter', mode: 'lines+markers', name: along.name, x: values, y: losses, line: {color: '#888', width: 1},
              marker: {size: 11, color: values.map((_, i) => colour(i))}, hovertemplate: '%{x:.3g}: %{y:.4g}<extra></extra>'}],
      nothing: `Every value of ${along.name} failed.`,
      layout: {hovermode: 'closest', xaxis: {title: {text: along.name}, type: along.scale === 'log' ? 'log' : 'linear'},
               yaxis: {title: {text: floor === null ? 'last loss' : 'last loss above the minimum'}, type: is_log ? 'log' : 'linear'}},
    }), (value) => {
      run.with[along.name] = value as number;
      this.around.adopted();
    });
    this.place.replaceChildren(figure.element);
    const failed = paths.filter((each) => !succeeded(each.status)).length;
    this.status.textContent = `${fan_values} runs${failed > 0 ? `; ${failed} failed and ${failed === 1 ? 'has' : 'have'} no mark` : ''}.`;
  }
}
