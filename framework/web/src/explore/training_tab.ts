import {swatch} from '../shared/animation';
import {field, h, once_a_frame, select} from '../shared/dom';
import {count_text, metric_text, score_text} from '../shared/format';
import {ink_of} from '../shared/palette';
import {chart} from '../shared/plotly';
import {type catalog, find} from './catalog';
import {hyperparameter_fields} from './hyperparameter_field';
import {training_manifest} from './manifest';
import {manifest_part} from './manifest_part';
import {network_views} from './network_views';
import {race, type training_event} from './race';
import {events} from './requests';
import {run_cards} from './run_cards';
import type {state} from './state';

/** So that a training that is stopped goes on from there, and one that has ended for more epochs. */
const kept = 'checkpoint: {every: {epochs: 0.5}, at_end: true}\n';

/** Small networks trained side by side while one looks on. */
export class training_tab {
  readonly element: HTMLElement;
  private readonly race = new race();
  /** Under which the server keeps what this page trains. */
  private readonly training = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  private metric = 'validation_accuracy';
  private trained = '';  // the model and data of the race
  private abort: AbortController | null = null;
  private readonly start = h('button', {type: 'button', class: 'play'}, 'Train');
  private readonly go_on = h('button', {type: 'button', disabled: true, title: 'From where it was stopped, or, with more epochs, from its end'}, 'Go on');
  private readonly stop = h('button', {type: 'button', disabled: true}, 'Stop');
  private readonly status = h('p', {class: 'status', role: 'status'});
  private readonly table = h('tbody', {});
  private readonly model_fields = h('div', {});
  private readonly metric_choice = h('span', {});
  private readonly views = new network_views();
  private readonly manifest = new manifest_part();
  private readonly cards: {element: HTMLElement; rebuild(): void};
  private readonly figure;
  private readonly redraw = once_a_frame(() => this.write());

  constructor(private readonly shown: state, private plugins: catalog, private readonly on_change: () => void) {
    this.figure = chart('Training curves as they come', 400, () => this.curves());
    this.cards = run_cards(shown.trained, () => this.plugins, () => this.changed());
    this.start.addEventListener('click', () => void this.train(false));
    this.go_on.addEventListener('click', () => void this.train(true));
    this.stop.addEventListener('click', () => this.abort?.abort());
    this.element = h('div', {class: 'explorer'},
      h('aside', {class: 'card side'}, h('h2', {}, 'Network'), this.model_fields, h('h2', {}, 'Optimizers'), this.cards.element),
      h('div', {class: 'sections'},
        h('section', {class: 'card race', 'aria-label': 'Training'},
          h('div', {class: 'controls'}, this.start, this.go_on, this.stop, this.metric_choice),
          this.status, this.figure.element,
          h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Trainings'}, h('table', {}, h('thead', {}, h('tr', {},
            ...['optimizer', 'epochs', 'validation accuracy', 'validation loss', 'status'].map((each, i) =>
              h('th', {scope: 'col', class: i === 0 || i === 4 ? 'text' : undefined}, each)))), this.table))),
        this.views.element, this.manifest.element));
    this.write_model_fields();
    this.race.begin(shown.trained, false);
    this.race.said = '';
    this.write();
    this.changed();
  }

  set_plugins(plugins: catalog): void {
    this.plugins = plugins;
    this.write_model_fields();
    this.cards.rebuild();
  }

  restore(): void {
    this.write_model_fields();
    this.cards.rebuild();
    this.changed();
  }

  private changed(): void {
    this.manifest.set(training_manifest(this.shown, this.plugins));
    this.on_change();
  }

  private write_model_fields(): void {
    const {shown} = this;
    const models = this.plugins.models.filter((each) => !each.is_landscape);
    const found = find(models, shown.model);
    const whole = (label: string, key: 'epochs' | 'batch' | 'seed' | 'search', most: number, least = 1) => {
      const control = h('input', {type: 'number', min: least, max: most, step: 1, value: String(shown[key]), class: 'number'});
      control.addEventListener('input', () => {
        if (control.value === '' || !control.validity.valid) return;
        shown[key] = Number(control.value);
        this.changed();
      });
      return field(label, control);
    };
    this.model_fields.replaceChildren(
      select(models.map((each) => [each.id, each.id]), shown.model, (value) => {
        Object.assign(shown, {model: value, model_with: {}});
        this.write_model_fields();
        this.changed();
      }, 'model'),
      h('p', {class: 'hint'}, found?.summary ?? 'No loaded plugin offers it.'),
      ...hyperparameter_fields(found?.hyperparameters ?? [], shown.model_with, () => this.changed()),
      h('div', {class: 'fields'},
        field('data', select(this.plugins.data.map((each) => [each.name, each.name]), shown.data, (value) => {
          shown.data = value;
          this.changed();
        })),
        whole('epochs', 'epochs', 200), whole('batch size', 'batch', 60000), whole('seed', 'seed', 2 ** 31),
        whole('search trials', 'search', 50, 0)),
      h('p', {class: 'hint'}, 'With search trials each optimizer is tuned first: lr, and what else is worth searching and not set here. The best point by validation loss is then trained.'));
  }

  private async train(go_on: boolean): Promise<void> {
    const what = JSON.stringify([this.shown.model, this.shown.model_with, this.shown.data]);
    this.race.begin(this.shown.trained, go_on && what === this.trained);
    this.trained = what;
    this.abort = new AbortController();
    this.set_running(true);
    try {
      const manifest = training_manifest(this.shown, this.plugins) + kept;
      await events<training_event>('api/train', {manifest, training: this.training, go_on}, this.abort.signal, (each) => {
        this.race.receive(each);
        this.redraw();
      });
      if (!this.race.is_fault) this.race.said = 'Done.';
    } catch (problem) {
      const stopped = problem instanceof DOMException && problem.name === 'AbortError';
      this.race.said = stopped ? 'Stopped.' : problem instanceof Error ? problem.message : String(problem);
      this.race.is_fault = !stopped;
    }
    this.race.stop();
    this.abort = null;
    this.set_running(false);
  }

  private set_running(is_running: boolean): void {
    const has_focus = [this.start, this.go_on, this.stop].some((each) => each === document.activeElement);
    this.start.disabled = this.go_on.disabled = is_running;
    this.stop.disabled = !is_running;
    if (has_focus) (is_running ? this.stop : this.go_on).focus();  // a button that is disabled has none
    this.write();
  }

  private write(): void {
    this.status.textContent = this.race.said;
    this.status.classList.toggle('fault', this.race.is_fault);
    this.write_metrics();
    this.write_table();
    this.figure.update();
    this.views.update(this.race);
  }

  /** An open list stays as it is unless there is something new to choose. */
  private write_metrics(): void {
    const names = [...new Set([...this.race.metrics(), this.metric])];
    const listed = [...this.metric_choice.querySelectorAll('option')].map((each) => each.value);
    if (names.join('\n') === listed.join('\n')) return;
    this.metric_choice.replaceChildren(field('metric', select(names.map((name) => [name, metric_text(name)]), this.metric, (value) => {
      this.metric = value;
      this.figure.update();
    })));
  }

  private write_table(): void {
    this.table.replaceChildren(...this.race.racers.map((each) => h('tr', {},
      h('th', {scope: 'row', class: 'text'}, swatch(each.ink), each.label, each.chosen && h('span', {class: 'muted'}, ` ${each.chosen}`)),
      h('td', {}, count_text(each.epochs.at(-1))),
      h('td', {}, each.is_fault ? '0' : score_text(each.metrics['validation_accuracy']?.at(-1))),
      h('td', {}, each.is_fault ? '∞' : score_text(each.metrics['validation_loss']?.at(-1))),
      h('td', {class: `text reason ${each.is_fault ? 'fault' : 'muted'}`},
        each.status === 'training' ? h('progress', {max: 1, value: each.done, 'aria-label': `Progress of ${each.label}`}) : each.status))));
  }

  private curves() {
    const log = /loss|norm|perplexity/.test(this.metric);
    const {racers} = this.race;
    const is_empty = racers.every((each) => each.epochs.length === 0);
    // Room to grow into; of a long training the first epochs would be a line upwards.
    const reached = Math.max(0, ...racers.map((each) => each.epochs.at(-1) ?? 0));
    const last = Math.max(reached, Math.min(this.shown.epochs, Math.max(2, 1.5 * reached)));
    return {
      data: racers.map((each) => {
        const ink = ink_of(each.ink);
        // Copies, since Plotly draws an array anew only if it is another one.
        return {type: 'scatter', mode: 'lines+markers', name: each.label, x: [...each.epochs], y: [...each.metrics[this.metric] ?? []],
                line: {color: ink.colour, dash: ink.dash, width: 2.2}, marker: {symbol: ink.marker, size: 6, color: ink.colour}};
      }),
      layout: {xaxis: {title: {text: 'epochs'}, range: [0, last]},
               yaxis: {title: {text: metric_text(this.metric)}, type: log ? 'log' : 'linear', ...(is_empty ? {range: log ? [-3, 1] : [0, 1]} : {})}},
    };
  }
}
