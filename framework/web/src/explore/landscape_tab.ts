import {animation} from '../shared/animation';
import type {image} from '../shared/document';
import {checkbox, empty, h, select} from '../shared/dom';
import {counted, seconds_text} from '../shared/format';
import type {drawn_path, faint_path} from '../shared/landscape_view';
import {ink_of} from '../shared/palette';
import {type catalog, find} from './catalog';
import {hyperparameter_fields, number_field} from './hyperparameter_field';
import {copied_manifest} from './manifest';
import {manifest_part} from './manifest_part';
import {latest_only, refusal} from './requests';
import {run_cards} from './run_cards';
import type {driven, state} from './state';
import {sweep_part} from './sweep_part';
import {drawn_of, frame_around, to_function, to_page, trace, type traced} from './tracing';

/** Changes within this time are one, of which the paths before it remain as ghosts. */
const milliseconds_of_a_change = 400;

/** Optimizers driven by hand over a landscape. */
export class landscape_tab {
  readonly element: HTMLElement;
  private readonly stage: animation;
  private readonly paths_part = h('section', {class: 'card paths', 'aria-label': 'Paths'});
  private readonly runner = new latest_only(() => this.run(), (busy) => this.paths_part.setAttribute('aria-busy', String(busy)));
  private readonly status = h('p', {class: 'status', role: 'status'});
  private readonly manifest = new manifest_part();
  private readonly problem_fields = h('div', {});
  private readonly rejected = h('div', {});
  private readonly cards: run_cards;
  private drawn: image | null = null;
  private drawn_key = '';
  private paths: drawn_path[] = [];
  private ghosts: drawn_path[] = [];
  private fan: faint_path[] = [];
  private asked = 0;
  private last_change = -Infinity;
  private ground = '';
  private readonly sweep: sweep_part;

  constructor(private readonly shown: state, private plugins: catalog, private readonly on_change: () => void) {
    this.stage = new animation('the landscape', {
      on_pick: (x, y) => this.pick(x, y),
      on_zoom: (factor, around) => this.zoom(factor, around),
    });
    this.cards = run_cards(shown.runs, () => this.plugins, () => this.changed(), true);
    this.sweep = new sweep_part({
      shown, plugins: () => this.plugins, drawn: () => this.drawn,
      adopted: () => {
        this.cards.rebuild();
        this.changed();
      },
      show_fan: (paths) => {
        this.fan = paths;
        this.show_faint();
      },
    });
    this.element = h('div', {class: 'explorer'},
      h('aside', {class: 'card side'}, h('h2', {}, 'Landscape'), this.problem_fields, h('h2', {}, 'Optimizers'), this.cards.element),
      h('div', {class: 'sections'},
        this.paths_part,
        this.rejected, this.sweep.element,
        this.manifest.element));
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
    this.sweep.write_fields();
    this.runner.ask();
  }

  /** The state is another one. */
  restore(): void {
    this.write_problem_fields();
    this.cards.rebuild();
    this.changed();
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
      button('Around the paths', 'Show as much as the paths take', () => {
        if (this.drawn) this.shown.frame = frame_around(this.paths, this.drawn);
        this.changed();
      }),
      button('Usual start', 'Start where this landscape usually starts', () => {
        this.shown.start = null;
        this.changed();
      }),
      h('span', {class: 'hint'}, 'Click or drag to choose the start; Ctrl and wheel zoom.'));
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
    // Another frame than the box would show a landscape that has moved out of it.
    const turn = (key: 'rotate' | 'shift') => (value: boolean) => {
      shown.frame = null;
      change(key)(value);
    };
    this.problem_fields.replaceChildren(
      pick, h('p', {class: 'hint'}, found?.summary ?? 'No loaded plugin offers it.'),
      ...hyperparameter_fields((found?.hyperparameters ?? []).filter((each) => each.name !== 'n'), shown.landscape_with, () => this.changed()),
      h('div', {class: 'fields'},
        number_field('steps', shown.steps, 1, 100000, 1, change('steps')),
        number_field('noise', shown.noise, 0, 1e6, 'any', change('noise')),
        number_field('clip norm', shown.clip, 0, 1e9, 'any', change('clip')),
        number_field('seed', shown.seed, 0, 2 ** 31, 1, change('seed'))),
      h('div', {class: 'fields'}, checkbox('rotate', shown.rotate, turn('rotate')), checkbox('shift', shown.shift, turn('shift'))));
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
    this.asked = performance.now();
    this.manifest.set(copied_manifest(this.shown));
    this.sweep.runs_changed();
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
    const began = performance.now(), {asked} = this;
    try {
      const runs = [...this.shown.runs];
      const answer = await trace(this.shown, key === this.drawn_key ? undefined : {frame: this.shown.frame});
      const milliseconds = performance.now() - began;
      this.show(answer, key, runs);
      requestAnimationFrame(() => performance.measure('picture', {start: asked}));  // after the frame's drawing
      this.status.textContent = `${answer.paths.length} × ${counted(this.shown.steps, 'step')} in ${seconds_text(milliseconds / 1000)}`;
      this.status.classList.remove('fault');
    } catch (problem) {
      // Lines and columns are those of a text that nobody has written.
      this.status.textContent = (problem instanceof refusal ? problem.message : String(problem)).replace(/^manifest:\d+:\d+: /gm, '');
      this.status.classList.add('fault');
    }
  }

  private show(answer: traced, key: string, runs: driven[]): void {
    if (answer.image !== undefined) {
      this.drawn = answer.image;
      this.drawn_key = key;
      this.stage.set_image(this.drawn);
    }
    const {paths, notes} = drawn_of(answer.paths, runs);
    this.cards.show_schedules(answer.paths.map((each) => each.rates));
    this.keep_ghosts(paths);
    this.paths = paths;
    this.stage.set_paths(paths, notes);
    this.show_faint();
    if (this.drawn) this.stage.set_start(this.shown.start ? to_page(this.drawn, this.shown.start) : this.drawn.start);
  }

  /** Those before a change, which ends when nothing has changed for a while; of this landscape alone. */
  private keep_ghosts(paths: drawn_path[]): void {
    const {landscape, landscape_with, rotate, shift} = this.shown;
    const ground = JSON.stringify([landscape, landscape_with, rotate, shift]);
    if (ground !== this.ground) this.ghosts = this.fan = [];
    else if (paths.every((each) => this.paths.some((old) => is_same(each, old)))) return;
    else if (performance.now() - this.last_change > milliseconds_of_a_change) this.ghosts = this.paths;
    this.ground = ground;
    this.last_change = performance.now();
  }

  /** The fan, and the ghosts of paths that were other ones. */
  private show_faint(): void {
    const ghosts = this.ghosts.filter((ghost) => !this.paths.some((each) => is_same(each, ghost))).map((each) => {
      const {colour, dashes} = ink_of(each.ink);
      return {x: each.x, y: each.y, colour, dashes};
    });
    this.stage.set_faint([...this.fan, ...ghosts]);
  }
}

function is_same(a: drawn_path, b: drawn_path): boolean {
  return a.label === b.label && a.x.length === b.x.length && a.x.every((x, i) => x === b.x[i]) && a.y.every((y, i) => y === b.y[i]);
}
