import {swatch} from '../shared/animation';
import {type number_or_none, type settings, succeeded} from '../shared/document';
import {field, h, select} from '../shared/dom';
import {metric_text, number_text, score_text, settings_text} from '../shared/format';
import {ink_of} from '../shared/palette';
import {chart} from '../shared/plotly';
import {type catalog, find} from './catalog';
import {hyperparameter_fields} from './hyperparameter_field';
import {training_manifest} from './manifest';
import {events} from './requests';
import {run_cards} from './run_cards';
import {labels, type state} from './state';

interface event {
  event: 'stage' | 'trial' | 'step' | 'evaluation' | 'end' | 'failed' | 'done';
  label?: string;
  role?: 'search' | 'result';
  point?: settings;
  tuned?: boolean;
  missing?: number;
  steps?: number;
  planned_steps?: number;
  epochs?: number;
  metrics?: Record<string, number_or_none>;
  status?: string;
  reason?: string;
}

/** One optimizer's training as far as it has come. */
interface progress {
  label: string;
  ink: number;
  epochs: number[];
  metrics: Record<string, number_or_none[]>;
  done: number;
  status: string;
  is_fault: boolean;
  /** The values that tuning chose; empty without. */
  chosen: string;
}

/** Small networks trained while one looks on. */
export class training_tab {
  readonly element: HTMLElement;
  private trials: progress[] = [];
  private metric = 'validation_accuracy';
  private searched = {ended: 0, all: 0};
  private abort: AbortController | null = null;
  private readonly start = h('button', {type: 'button', class: 'play'}, 'Train');
  private readonly stop = h('button', {type: 'button', disabled: true}, 'Stop');
  private readonly status = h('p', {class: 'status', role: 'status'});
  private readonly table = h('tbody', {});
  private readonly model_fields = h('div', {});
  private readonly cards: {element: HTMLElement; rebuild(): void};
  private readonly figure;

  constructor(private readonly shown: state, private plugins: catalog, private readonly on_change: () => void) {
    this.figure = chart('Training curves as they come', 400, () => this.curves());
    this.cards = run_cards(shown.trained, () => this.plugins, on_change);
    this.start.addEventListener('click', () => void this.train());
    this.stop.addEventListener('click', () => this.abort?.abort());
    const metrics = ['validation_accuracy', 'validation_loss', 'train_loss', 'gradient_norm', 'update_norm', 'value.lr'];
    this.element = h('div', {class: 'explorer'},
      h('aside', {class: 'card side'}, h('h2', {}, 'Network'), this.model_fields, h('h2', {}, 'Optimizers'), this.cards.element),
      h('section', {class: 'card', 'aria-label': 'Training'},
        h('div', {class: 'controls'}, this.start, this.stop,
          field('metric', select(metrics.map((name) => [name, metric_text(name)]), this.metric, (value) => {
            this.metric = value;
            this.figure.update();
          }))),
        this.status, this.figure.element,
        h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Trainings'}, h('table', {}, h('thead', {}, h('tr', {},
          ...['optimizer', 'epochs', 'validation accuracy', 'validation loss', 'status'].map((each, i) =>
            h('th', {scope: 'col', class: i === 0 || i === 4 ? 'text' : undefined, style: 'padding:0.4rem 0.7rem'}, each)))), this.table))));
    this.write_model_fields();
    this.reset();
  }

  set_plugins(plugins: catalog): void {
    this.plugins = plugins;
    this.write_model_fields();
    this.cards.rebuild();
  }

  restore(): void {
    this.write_model_fields();
    this.cards.rebuild();
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
        this.on_change();
      });
      return field(label, control);
    };
    this.model_fields.replaceChildren(
      select(models.map((each) => [each.id, each.id]), shown.model, (value) => {
        Object.assign(shown, {model: value, model_with: {}});
        this.write_model_fields();
        this.on_change();
      }, 'model'),
      h('p', {class: 'hint'}, found?.summary ?? 'No loaded plugin offers it.'),
      ...hyperparameter_fields(found?.hyperparameters ?? [], shown.model_with, this.on_change),
      h('div', {class: 'fields'},
        field('data', select(this.plugins.data.map((each) => [each.name, each.name]), shown.data, (value) => {
          shown.data = value;
          this.on_change();
        })),
        whole('epochs', 'epochs', 200), whole('batch size', 'batch', 60000), whole('seed', 'seed', 2 ** 31),
        whole('search trials', 'search', 50, 0)),
      h('p', {class: 'hint'}, 'With search trials each optimizer is tuned first: lr, and what else is worth searching and not set here. The best point by validation loss is then trained.'));
  }

  private reset(): void {
    this.trials = labels(this.shown.trained).map((label, i) => ({
      label, ink: this.shown.trained[i]!.ink, epochs: [], metrics: {}, done: 0, status: '', is_fault: false, chosen: '',
    }));
    this.write_table();
  }

  private async train(): Promise<void> {
    this.reset();
    this.figure.update();
    this.abort = new AbortController();
    this.start.disabled = true;
    this.stop.disabled = false;
    this.say('Loading data…');
    try {
      await events<event>('api/train', {manifest: training_manifest(this.shown, this.plugins)}, this.abort.signal, (each) => this.receive(each));
      if (this.status.textContent === 'Training…') this.say('Done.');
    } catch (problem) {
      const stopped = problem instanceof DOMException && problem.name === 'AbortError';
      this.say(stopped ? 'Stopped.' : problem instanceof Error ? problem.message : String(problem), !stopped);
    }
    for (const each of this.trials) if (each.status === 'training') each.status = 'stopped';
    this.write_table();
    this.abort = null;
    this.start.disabled = false;
    this.stop.disabled = true;
  }

  private say(text: string, is_fault = false): void {
    this.status.textContent = text;
    this.status.classList.toggle('fault', is_fault);
  }

  private receive(each: event): void {
    if (each.event === 'failed') return this.say(each.reason ?? 'The training failed.', true);
    if (each.event === 'stage') {
      this.searched = {ended: 0, all: each.missing ?? 0};
      return this.say('Training…');
    }
    if (each.role === 'search') {
      if (each.event === 'end') ++this.searched.ended;
      return this.say(`Searching: ${this.searched.ended} of ${this.searched.all} trials…`);
    }
    const of = this.trials.find((known) => known.label === each.label);
    if (!of) return;
    if (each.event === 'trial') {
      of.status = 'training';
      of.chosen = settings_text(each.point ?? {});
      this.say('Training…');
    } else if (each.event === 'step') {
      of.done = each.planned_steps ? (each.steps ?? 0) / each.planned_steps : 0;
    } else if (each.event === 'evaluation') {
      of.epochs.push(each.epochs ?? 0);
      const names = new Set([...Object.keys(of.metrics), ...Object.keys(each.metrics ?? {})]);
      for (const name of names) {
        const column = of.metrics[name] ??= Array<number_or_none>(of.epochs.length - 1).fill(null);
        column.push(each.metrics?.[name] ?? null);
      }
      this.figure.update();
    } else if (each.event === 'end') {
      of.status = `${each.status}${each.reason ? `: ${each.reason.split('\n')[0]}` : ''}`;
      of.is_fault = !succeeded(each.status ?? '') && each.status !== 'interrupted';
      of.done = 1;
    }
    this.write_table();
  }

  private write_table(): void {
    this.table.replaceChildren(...this.trials.map((each) => h('tr', {},
      h('th', {scope: 'row', class: 'text'}, swatch(each.ink), each.label, each.chosen && h('span', {class: 'muted'}, ` ${each.chosen}`)),
      h('td', {}, number_text(each.epochs.at(-1))),
      h('td', {}, each.is_fault ? '0' : score_text(each.metrics['validation_accuracy']?.at(-1))),
      h('td', {}, each.is_fault ? '∞' : score_text(each.metrics['validation_loss']?.at(-1))),
      h('td', {class: `text reason ${each.is_fault ? 'fault' : 'muted'}`},
        each.status === 'training' ? h('progress', {max: 1, value: each.done}) : each.status))));
  }

  private curves() {
    const log = /loss|norm/.test(this.metric);
    const is_empty = this.trials.every((each) => each.epochs.length === 0);
    return {
      data: this.trials.map((each) => {
        const ink = ink_of(each.ink);
        // Copies, since Plotly draws an array anew only if it is another one.
        return {type: 'scatter', mode: 'lines+markers', name: each.label, x: [...each.epochs], y: [...each.metrics[this.metric] ?? []],
                line: {color: ink.colour, dash: ink.dash, width: 2.2}, marker: {symbol: ink.marker, size: 6, color: ink.colour}};
      }),
      layout: {xaxis: {title: {text: 'epochs'}, range: [0, this.shown.epochs]},
               yaxis: {title: {text: metric_text(this.metric)}, type: log ? 'log' : 'linear', ...(is_empty ? {range: log ? [-3, 1] : [0, 1]} : {})}},
    };
  }
}
