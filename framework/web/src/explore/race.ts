import {type number_or_none, type settings, succeeded} from '../shared/document';
import {count_text, counted, settings_text} from '../shared/format';
import {type driven, labels} from './state';

/** What the server tells of a training: engine/explore/jobs.hpp describes it. */
export interface training_event extends Partial<example_images>, Partial<network_view> {
  event: 'stage' | 'examples' | 'trial' | 'step' | 'evaluation' | 'view' | 'end' | 'failed' | 'done';
  label?: string;
  role?: 'search' | 'result';
  point?: settings;
  missing?: number;
  steps?: number;
  planned_steps?: number;
  epochs?: number;
  metrics?: Record<string, number_or_none>;
  status?: string;
  reason?: string;
}

/** Channels, rows, columns. */
export type image_shape = [number, number, number];

/** Images that the networks are shown. */
export interface example_images {
  shape: image_shape;
  labels: number[];
  pixels: number[][];
}

/** What a network makes of them, and its first layer. */
export interface network_view {
  predictions: number[];
  weights: {tensor: string; shape: image_shape; largest: number; units: number[][]} | null;
}

/** One optimizer's training as far as it has come. */
export interface racer {
  label: string;
  ink: number;
  epochs: number[];
  metrics: Record<string, number_or_none[]>;
  /** Share of its steps. */
  done: number;
  status: string;
  is_fault: boolean;
  /** The values that tuning chose; empty without. */
  chosen: string;
  view: network_view | null;
  /** Whether `view` is of the training that is told of now, and not of the one before. */
  is_view_new: boolean;
}

const usual_metrics = ['validation_accuracy', 'validation_loss', 'train_loss', 'gradient_norm', 'update_norm', 'value.lr'];

/** Optimizers that train side by side, as the server's events tell of them. */
export class race {
  racers: racer[] = [];
  images: example_images | null = null;
  /** What there is to say of it as a whole. */
  said = '';
  is_fault = false;
  private searched = {ended: 0, all: 0};

  /** Optimizers of the same names keep what they have until there is something new of them. */
  begin(runs: driven[], keep: boolean): void {
    this.said = 'Loading data…';
    this.is_fault = false;
    const before = keep ? this.racers : [];
    if (!keep) this.images = null;
    this.racers = labels(runs).map((label, i) => before.find((each) => each.label === label) ??
        {label, ink: runs[i]!.ink, epochs: [], metrics: {}, done: 0, status: '', is_fault: false, chosen: '', view: null, is_view_new: false});
    this.racers.forEach((each, i) => Object.assign(each, {ink: runs[i]!.ink, status: ''}));
  }

  /** The usual ones, and what else was measured. */
  metrics(): string[] {
    return [...new Set([...usual_metrics, ...this.racers.flatMap((each) => Object.keys(each.metrics))])];
  }

  receive(each: training_event): void {
    if (each.event === 'failed') {
      this.said = each.reason ?? 'The training failed.';
      this.is_fault = true;
    } else if (each.event === 'stage') {
      this.searched = {ended: 0, all: each.missing ?? 0};
      this.said = 'Training…';
    } else if (each.event === 'examples') {
      this.images = {shape: each.shape!, labels: each.labels!, pixels: each.pixels!};
    } else if (each.role === 'search') {
      if (each.event === 'end') ++this.searched.ended;
      this.said = `Searching: ${count_text(this.searched.ended)} of ${counted(this.searched.all, 'trial')}…`;
    } else {
      const of = this.racers.find((known) => known.label === each.label);
      if (of) this.tell(of, each);
    }
  }

  /** Of those that still train. */
  stop(): void {
    for (const each of this.racers) if (each.status === 'training') each.status = 'stopped';
  }

  private tell(of: racer, each: training_event): void {
    if (each.event === 'trial') {
      // What went before is told again, also where it goes on from a checkpoint.
      Object.assign(of, {epochs: [], metrics: {}, done: 0, status: 'training', is_fault: false, chosen: settings_text(each.point ?? {}), is_view_new: false});
      this.said = 'Training…';
    } else if (each.event === 'step') {
      of.done = each.planned_steps ? (each.steps ?? 0) / each.planned_steps : 0;
    } else if (each.event === 'evaluation') {
      of.epochs.push(each.epochs ?? 0);
      for (const name of new Set([...Object.keys(of.metrics), ...Object.keys(each.metrics ?? {})])) {
        const column = of.metrics[name] ??= Array<number_or_none>(of.epochs.length - 1).fill(null);
        column.push(each.metrics?.[name] ?? null);
      }
    } else if (each.event === 'view') {
      // Without predictions it says that the network of this training can't be shown.
      of.view = each.predictions ? {predictions: each.predictions, weights: each.weights ?? null} : null;
      of.is_view_new = true;
    } else if (each.event === 'end') {
      of.status = `${each.status}${each.reason ? `: ${each.reason.split('\n')[0]}` : ''}`;
      of.is_fault = !succeeded(each.status ?? '') && each.status !== 'interrupted';
      of.done = 1;
      if (!of.is_view_new) of.view = null;
    }
  }
}
