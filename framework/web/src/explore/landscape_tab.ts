import {animation, type path_note} from '../shared/animation';
import {type number_or_none, type image, succeeded} from '../shared/document';
import {checkbox, empty, field, h, select} from '../shared/dom';
import type {drawn_path} from '../shared/landscape_view';
import {type catalog, find} from './catalog';
import {hyperparameter_fields} from './hyperparameter_field';
import {landscape_manifest} from './manifest';
import {latest_only, post, refusal} from './requests';
import {run_cards} from './run_cards';
import type {state} from './state';

interface traced {
  paths: {label: string; status: string; reason: string; steps: number; evaluations: number; step: number[];
          x: number_or_none[]; y: number_or_none[]; loss: number_or_none[]}[];
  image?: image | null;
}

const cells = 160;

/** From the page's coordinates, which are the optimizer's, to the function's own; and back. */
function to_function(of: image, [x, y]: [number, number]): [number, number] {
  const [origin, along_x, along_y] = of.function_axes;
  const part = (axis: [number, number]) =>
      (x - origin[0]) * (axis[0] - origin[0]) + (y - origin[1]) * (axis[1] - origin[1]);
  return [part(along_x), part(along_y)];
}
function to_page(of: image, [u, v]: [number, number]): [number, number] {
  const [origin, along_x, along_y] = of.function_axes;
  const part = (axis: 0 | 1) =>
      origin[axis] + u * (along_x[axis] - origin[axis]) + v * (along_y[axis] - origin[axis]);
  return [part(0), part(1)];
}

function number_field(label: string, value: number, low: number, high: number, step: number | 'any',
                      on_change: (value: number) => void): HTMLElement {
  const control = h('input', {type: 'number', min: low, max: high, step, value: String(value), class: 'number'});
  control.addEventListener('input', () => {
    if (control.value.trim() !== '' && control.validity.valid) on_change(Number(control.value));
  });
  return field(label, control);
}

/** Optimizers driven by hand over a landscape. */
export class landscape_tab {
  readonly element: HTMLElement;
  private readonly stage: animation;
  private readonly paths_part = h('section', {class: 'card', 'aria-label': 'Paths'});
  private readonly runner = new latest_only(() => this.run(), (busy) => this.paths_part.setAttribute('aria-busy', String(busy)));
  private readonly status = h('p', {class: 'status', role: 'status'});
  private readonly manifest_text = h('code', {});
  private readonly problem_fields = h('div', {});
  private readonly rejected = h('div', {});
  private readonly cards: {element: HTMLElement; rebuild(): void};
  private drawn: image | null = null;
  private drawn_key = '';

  constructor(private readonly shown: state, private plugins: catalog, private readonly on_change: () => void) {
    this.stage = new animation('the landscape', {
      on_pick: (x, y) => this.pick(x, y),
      on_zoom: (factor, around) => this.zoom(factor, around),
    });
    this.cards = run_cards(shown.runs, () => this.plugins, () => this.changed());
    this.element = h('div', {class: 'explorer'},
      h('aside', {class: 'card side'}, h('h2', {}, 'Landscape'), this.problem_fields, h('h2', {}, 'Optimizers'), this.cards.element),
      h('div', {class: 'sections'},
        this.paths_part,
        this.rejected,
        h('section', {class: 'card', 'aria-label': 'Manifest'}, this.manifest_part())));
    this.paths_part.append(this.toolbar(), this.stage.element, this.status);
    this.write_problem_fields();
    this.write_rejected();
    this.changed();
  }

  /** The plugins have changed. */
  set_plugins(plugins: catalog): void {
    this.plugins = plugins;
    this.drawn_key = '';
    this.write_problem_fields();
    this.write_rejected();
    this.cards.rebuild();
    this.runner.ask();
  }

  private toolbar(): HTMLElement {
    const button = (text: string, title: string, act: () => void) => {
      const made = h('button', {type: 'button', title}, text);
      made.addEventListener('click', act);
      return made;
    };
    return h('div', {class: 'controls'},
      button('+', 'Closer', () => this.zoom(0.6)), button('−', 'Farther', () => this.zoom(1 / 0.6)),
      button('Whole box', 'Show the landscape’s own box', () => {
        this.shown.frame = null;
        this.changed();
      }),
      button('Usual start', 'Start where this landscape usually starts', () => {
        this.shown.start = null;
        this.changed();
      }),
      h('span', {class: 'hint'}, 'Click or drag to choose the start; Ctrl and wheel zoom.'));
  }

  private manifest_part(): HTMLElement {
    const copy = h('button', {type: 'button'}, 'Copy as manifest');
    copy.addEventListener('click', () => {
      void navigator.clipboard.writeText(landscape_manifest(this.shown)).then(
        () => { copy.textContent = 'Copied'; },
        () => { copy.textContent = 'Select the text below'; });
      setTimeout(() => { copy.textContent = 'Copy as manifest'; }, 1500);
    });
    return h('div', {}, h('div', {class: 'controls'}, copy, h('span', {class: 'hint'}, 'Save it as a file, and ravine run repeats what you see.')),
             h('pre', {tabindex: 0, class: 'manifest'}, this.manifest_text));
  }

  private write_problem_fields(): void {
    const {shown} = this;
    const landscapes = this.plugins.models.filter((each) => each.is_landscape);
    const found = find(landscapes, shown.landscape);
    const pick = select(landscapes.map((each) => [each.id, each.id.replaceAll('_', ' ')]), shown.landscape, (value) => {
      Object.assign(shown, {landscape: value, landscape_with: {}, start: null, frame: null});
      this.write_problem_fields();
      this.changed();
    }, 'landscape');
    const change = <key extends keyof state>(key: key) => (value: state[key]) => {
      shown[key] = value;
      this.changed();
    };
    this.problem_fields.replaceChildren(
      pick, h('p', {class: 'hint'}, found?.summary ?? 'No loaded plugin offers it.'),
      ...hyperparameter_fields((found?.hyperparameters ?? []).filter((each) => each.name !== 'n'), shown.landscape_with, () => this.changed()),
      h('div', {class: 'fields'},
        number_field('steps', shown.steps, 1, 100000, 1, change('steps')),
        number_field('noise', shown.noise, 0, 1e6, 'any', change('noise')),
        number_field('clip norm', shown.clip, 0, 1e9, 'any', change('clip')),
        number_field('seed', shown.seed, 0, 2 ** 31, 1, change('seed'))),
      h('div', {class: 'fields'}, checkbox('rotate', shown.rotate, change('rotate')), checkbox('shift', shown.shift, change('shift'))));
  }

  private write_rejected(): void {
    const {rejected} = this.plugins;
    this.rejected.replaceChildren(...(rejected.length === 0 ? [] : [
      h('aside', {class: 'warnings rejected'}, h('h2', {}, 'Plugins that are not used'),
        h('ul', {}, ...rejected.map((each) => h('li', {}, h('b', {}, each.file.split('/').at(-1)!), ` ${each.reason}`))))]));
  }

  private pick(x: number, y: number): void {
    if (!this.drawn) return;
    const tidy = (value: number) => Number(value.toPrecision(4));
    this.shown.start = to_function(this.drawn, [x, y]).map(tidy) as [number, number];
    this.stage.set_start([x, y]);
    this.changed();
  }

  private zoom(factor: number, around?: [number, number]): void {
    if (!this.drawn) return;
    const {lower, upper} = this.drawn;
    const start = this.shown.start ? to_page(this.drawn, this.shown.start) : this.drawn.start;
    const middle = around ?? start.map((each, i) => Math.min(upper[i]!, Math.max(lower[i]!, each)));
    const moved = (from: number, i: number) => Number((middle[i]! + factor * (from - middle[i]!)).toPrecision(6));
    this.shown.frame = {lower: [moved(lower[0], 0), moved(lower[1], 1)], upper: [moved(upper[0], 0), moved(upper[1], 1)]};
    this.changed();
  }

  private changed(): void {
    this.manifest_text.textContent = landscape_manifest(this.shown);
    this.on_change();
    this.runner.ask();
  }

  /** What the image depends on. */
  private image_key(): string {
    const {landscape, landscape_with, frame, seed, rotate, shift} = this.shown;
    return JSON.stringify([landscape, landscape_with, frame, rotate || shift ? [seed, rotate, shift] : 0]);
  }

  private async run(): Promise<void> {
    if (this.shown.runs.length === 0) {
      this.stage.set_paths([], []);
      this.status.replaceChildren(empty('Add an optimizer to see its path.'));
      return;
    }
    const key = this.image_key();
    const began = performance.now();
    try {
      const inks = this.shown.runs.map((each) => each.ink);
      const answer = await post<traced>('api/trace', {
        manifest: landscape_manifest(this.shown), ...(key === this.drawn_key ? {} : {cells, frame: this.shown.frame}),
      });
      const milliseconds = performance.now() - began;
      performance.measure('trace', {start: began, end: began + milliseconds});
      this.show(answer, key, inks);
      this.status.textContent = `${answer.paths.length} × ${this.shown.steps} steps in ${milliseconds.toFixed(0)} ms`;
      this.status.classList.remove('fault');
    } catch (problem) {
      // Lines and columns are those of a text that nobody has written.
      this.status.textContent = (problem instanceof refusal ? problem.message : String(problem)).replace(/^manifest:\d+:\d+: /gm, '');
      this.status.classList.add('fault');
    }
  }

  private show(answer: traced, key: string, inks: number[]): void {
    if (answer.image !== undefined) {
      this.drawn = answer.image;
      this.drawn_key = key;
      this.stage.set_image(this.drawn);
    }
    const paths: drawn_path[] = answer.paths.map((each, i) => ({
      label: each.label, ink: inks[i] ?? i, step: each.step, x: each.x, y: each.y, loss: each.loss,
    }));
    const notes: path_note[] = answer.paths.map((each) => succeeded(each.status)
      ? {text: '', is_fault: false}
      : {text: `${each.status}${each.reason ? `: ${each.reason.split('\n')[0]}` : ''}`, is_fault: true});
    this.stage.set_paths(paths, notes);
    if (this.drawn) this.stage.set_start(this.shown.start ? to_page(this.drawn, this.shown.start) : this.drawn.start);
  }
}
