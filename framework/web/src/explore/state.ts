import type {settings} from '../shared/document';

/** An optimizer, with the one inside if it is a wrapper. */
export interface rule {
  use: string;
  /** Only what differs from the defaults. */
  with: settings;
  /** Scheduler of the learning rate; empty: none. */
  schedule: string;
  schedule_with: settings;
  inner?: rule;
  groups?: group[];
}

/** Tensors with settings or an optimizer of their own. */
export interface group {
  /** What the tensors are for; empty: `tensors` selects. */
  role: string;
  /** A pattern for their names. */
  tensors: string;
  /** Empty: the optimizer of the rest, with what is not given here. */
  use: string;
  with: settings;
}

/** An optimizer that is driven. */
export interface driven extends rule {
  ink: number;
  /** The file of a plugin that another one of its name hides; nothing: the one that is used. */
  build?: string;
}

export interface frame {
  lower: [number, number];
  upper: [number, number];
}

/** Everything that the page shows, and that its address restores. */
export interface state {
  tab: 'landscape' | 'results' | 'training' | 'tour';
  /** Of the tour. */
  tour: number;
  landscape: string;
  landscape_with: settings;
  /** In the function's own coordinates; null: the customary one. */
  start: [number, number] | null;
  frame: frame | null;
  steps: number;
  seed: number;
  noise: number;
  rotate: boolean;
  shift: boolean;
  /** Largest norm of a gradient; 0: no clipping. */
  clip: number;
  runs: driven[];
  model: string;
  model_with: settings;
  data: string;
  epochs: number;
  batch: number;
  /** Search trials of each optimizer before it is trained; 0: no tuning. */
  search: number;
  trained: driven[];
}

export function new_run(use: string, ink: number, with_: settings = {}): driven {
  return {use, with: with_, ink, schedule: '', schedule_with: {}};
}

export function first_state(): state {
  return {
    tab: 'landscape', tour: 0, landscape: 'rosenbrock', landscape_with: {}, start: null,
    frame: {lower: [-2, -1], upper: [2, 3]}, steps: 1000, seed: 1, noise: 0, rotate: false, shift: false, clip: 0,
    runs: [new_run('sgd', 0, {lr: 0.001}), new_run('momentum', 1, {lr: 0.001}), new_run('adam', 2, {lr: 0.05})],
    model: 'mlp', model_with: {}, data: 'digits', epochs: 10, batch: 128, search: 0,
    trained: [new_run('sgd', 0, {lr: 0.5}), new_run('momentum', 1, {lr: 0.2}), new_run('adam', 2, {lr: 0.01})],
  };
}

function is_setting(value: unknown): boolean {
  return ['number', 'string', 'boolean'].includes(typeof value) || Array.isArray(value) && value.every((each) => typeof each === 'number');
}
function is_settings(value: unknown): value is settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(is_setting);
}
function is_rule(value: unknown): value is rule {
  const {use, with: with_, schedule, schedule_with, inner, groups} = value as Partial<rule> ?? {};
  return typeof use === 'string' && typeof schedule === 'string' && is_settings(with_) && is_settings(schedule_with) &&
      (inner === undefined || is_rule(inner)) && (groups === undefined || Array.isArray(groups) && groups.every(is_group));
}
function is_group(value: unknown): value is group {
  const {role, tensors, use, with: with_} = value as Partial<group> ?? {};
  return [role, tensors, use].every((each) => typeof each === 'string') && is_settings(with_);
}
function is_ink(value: unknown): boolean {
  return Number.isInteger(value) && value as number >= 0;
}
function is_build(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
function is_runs(value: unknown): value is driven[] {
  return Array.isArray(value) && value.every((each) => is_rule(each) && is_ink((each as driven).ink) && is_build((each as driven).build));
}
function is_point(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((each) => Number.isFinite(each));
}
function is_frame(value: unknown): value is frame {
  const {lower, upper} = value as Partial<frame> ?? {};
  return is_point(lower) && is_point(upper);
}

/** What is more than a text, a number or a yes. */
const checks: Partial<Record<keyof state, (value: unknown) => boolean>> = {
  tab: (value) => ['landscape', 'results', 'training', 'tour'].includes(value as string),
  landscape_with: is_settings, model_with: is_settings, runs: is_runs, trained: is_runs,
  start: (value) => value === null || is_point(value), frame: (value) => value === null || is_frame(value),
};

/** The state that an address holds, also `#tour` and `#tour-3`; what it lacks or has of another form is as at first. */
export function state_from(hash: string): state {
  const first = first_state();
  const text = hash.replace(/^#/, '');
  const tour = /^tour(?:-(\d+))?$/.exec(text);
  if (tour) return {...first, tab: 'tour', tour: Number(tour[1] ?? 1) - 1};
  try {
    const read = JSON.parse(decodeURIComponent(text)) as Record<string, unknown>;
    const known = Object.entries(first).map(([name, value]) => {
      const found = read[name];
      const fits = checks[name as keyof state]?.(found) ?? typeof found === typeof value;
      return [name, fits ? found : value];
    });
    return Object.fromEntries(known) as unknown as state;
  } catch {
    return first;
  }
}

export function hash_of(shown: state): string {
  return `#${encodeURIComponent(JSON.stringify(shown))}`;
}

/** As manifests name it unless they give a label: lookahead(adam). */
export function name_of({use, inner}: rule): string {
  return inner ? `${use}(${name_of(inner)})` : use;
}

/** Each run's label: its name, with a number where that is not unique. */
export function labels(runs: driven[]): string[] {
  const names = runs.map(name_of);
  return names.map((name, i) => {
    const before = names.slice(0, i + 1).filter((each) => each === name).length;
    return names.filter((each) => each === name).length === 1 ? name : `${name} ${before}`;
  });
}

/** The least ink that no run has. */
export function free_ink(runs: driven[]): number {
  let ink = 0;
  while (runs.some((each) => each.ink === ink)) ++ink;
  return ink;
}
