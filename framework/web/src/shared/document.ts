/** What `ravine report --data` prints, as `read_document` reads it: engine/report/README.md describes it. null stands for a
    number that is not finite. */

export type number_or_none = number | null;
export type setting = boolean | number | string | number[];
export type settings = Record<string, setting>;

export interface score {
  median: number_or_none;
  mean: number_or_none;
  standard_deviation: number_or_none;
  /** Median of the best values at any evaluation; null for metrics of the test set. */
  best: number_or_none;
  median_interval: [number_or_none, number_or_none];
  interquartile_mean: number_or_none;
  interquartile_mean_interval: [number_or_none, number_or_none];
  values: number_or_none[];
}

export interface time_summary {
  median: number_or_none;
  expected: number_or_none;
}

export interface time_to_target {
  reached: number;
  at_start: number;
  /** Trials that met the target and did not keep it, by how they ended. */
  lost_later: Record<string, number>;
  targets: {value: number; reached: number; expected: number_or_none}[];
  trials: number;
  epochs: time_summary;
  steps: time_summary;
  evaluations: time_summary;
  seconds: time_summary;
}

export interface configuration_summary {
  optimizer: string;
  point: settings;
  repetitions: number;
  /** Of a line whose whole tuning was repeated, what each study chose. */
  studies: settings[];
  interrupted: number;
  statuses: Record<string, number>;
  failures: {repetition: number; status: string; reason: string}[];
  scores: Record<string, score>;
  time_to_target: time_to_target | null;
  seconds: number_or_none;
  optimizer_seconds_per_step: number_or_none;
  state_bytes_per_parameter: number_or_none;
  scratch_bytes_per_parameter: number_or_none;
}

export interface sensitivity {
  optimizer: string;
  hyperparameter: string;
  metric: string;
  values: number[];
  scores: number_or_none[];
  best: number;
  range: [number_or_none, number_or_none];
  width: number_or_none;
  decades: number_or_none;
}

export interface paired {
  optimizer: string;
  metric: string;
  differences: number_or_none[];
  mean_difference: number_or_none;
  difference: number_or_none;
  interval: [number_or_none, number_or_none];
  confidence: number_or_none;
  probability_better: number_or_none;
  p_value: number_or_none;
  adjusted_p_value: number_or_none;
}

export interface problem_summary {
  problem: string;
  metrics: string[];
  selection_metric: string;
  target: Record<string, number> | null;
  /** All values of that metric that are asked about, easiest first. */
  targets: number[];
  configurations: configuration_summary[];
  chosen: number[];
  /** By metric, and by epochs, evaluations and seconds to the target: the line that is told apart from all others. */
  leaders: Record<string, number>;
  sensitivities: sensitivity[];
  tuning_budgets: {optimizer: string; metric: string; expected_best: number_or_none[]}[];
  paired: paired[];
  warnings: string[];
}

/** A distribution function that rises by one `count`-th at each value solved; these ascend. */
export interface step_distribution {
  solved: number[];
  count: number;
}

/** How soon optimizers meet the targets of problems whose costs have one unit. */
export interface runtime_summary {
  unit: string;
  problems: string[];
  targets: number[];
  optimizers: Record<string, {runtimes: step_distribution; simplex_gradients?: step_distribution}>;
}

/** Columns of equal length, a row for each evaluation. */
export interface curve {
  step: number[];
  evaluations: number[];
  epochs: number[];
  seconds: number[];
  metrics: Record<string, number_or_none[]>;
}

/** A path over a landscape of two dimensions, in columns. */
export interface path {
  step: number[];
  evaluations: number[];
  x: number_or_none[];
  y: number_or_none[];
  loss: number_or_none[];
}

export interface trial {
  experiment: string;
  repetition: number;
  seed: number;
  status: string;
  reason: string;
  steps: number;
  seconds: number;
  parameters: number;
  state_bytes: number;
  scratch_bytes: number;
  jobs: number;
  machine: number;
  build: number;
  spec: number;
  curve: curve;
  /** A number: the path of that trial of the same line, which this one repeated. */
  path: path | number | null;
}

export interface image {
  lower: [number, number];
  upper: [number, number];
  columns: number;
  rows: number;
  losses: number_or_none[];
  minima: [number, number][];
  minimum: number_or_none;
  start: [number, number];
  /** Where the function's own points (0, 0), (1, 0) and (0, 1) lie. */
  function_axes: [[number, number], [number, number], [number, number]];
  /** Whether it shows where the paths are, not the whole box. */
  is_closeup?: boolean;
  /** Of a landscape that the seed and the repetition turn or move. */
  repetition?: number;
  seed?: number;
}

export interface problem {
  problem: string;
  /** Those that are drawn, of each line of the comparison's problem. */
  trials: trial[][];
  landscape: {images: image[]; note: string} | null;
}

export interface experiment {
  name: string;
  manifest: string;
  seed: number;
  repetitions: number;
  planned_at: string;
  planned: number;
  finished: number;
}

export interface report_document {
  format: number;
  files: {name: string; experiments: experiment[]}[];
  baseline: string;
  comparison: {
    problems: problem_summary[];
    /** `bands` have an entry for each of `taus`; none where repetitions are too few. */
    profile: {problems: string[]; ratios: Record<string, number_or_none[]>; taus: number[]; bands: Record<string, [number, number][]>};
    /** Of the optimizers that were run on all problems, in the order of these; 1 is the best. */
    ranks: Record<string, {ranks: number[]; mean: number; interval: [number_or_none, number_or_none]}>;
    runtimes: runtime_summary[];
    unfinished: {experiment: string; planned: number; missing: number}[];
    /** What concerns no single problem, unfinished experiments included. */
    warnings: string[];
  };
  /** How many curves and paths are drawn; where they are not all, lists with an entry for each trial are empty. */
  trials: {drawn: number; all: number};
  /** Optimizers and points of searches, on all problems: those of which nothing is drawn are not there. */
  lines: {drawn: number; all: number};
  problems: problem[];
  machines: string[];
  builds: string[];
  plugins: {id: string; sha256: string}[];
  specs: {optimizer: {use: string; with: settings}; problem: unknown; train: Record<string, unknown>}[];
}

/** Keys of a comparison under which "inf" is a name. */
const texts = new Set(['problem', 'optimizer', 'point', 'metric', 'metrics', 'selection_metric', 'hyperparameter', 'warnings', 'failures']);

/** The comparison writes numbers that are not finite as text; pages draw none of them. */
function without_non_finite(value: unknown): unknown {
  if (value === 'inf' || value === '-inf' || value === 'nan') return null;
  if (Array.isArray(value)) return value.map(without_non_finite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(
      ([key, each]) => [key, texts.has(key) ? each : without_non_finite(each)]));
}

export function read_document(parsed: report_document): report_document {
  const {problems, profile} = parsed.comparison;
  const comparison = {
    ...parsed.comparison,
    problems: problems.map(without_non_finite) as problem_summary[],
    profile: {...profile, ratios: without_non_finite(profile.ratios) as Record<string, number_or_none[]>},
    ranks: without_non_finite(parsed.comparison.ranks) as report_document['comparison']['ranks'],
  };
  return {...parsed, comparison};
}

/** The path of a trial, wherever it is written. */
export function path_of(line: trial[], index: number): path | null {
  const found = line[index]?.path ?? null;
  if (typeof found !== 'number') return found;
  const named = line[found]?.path ?? null;
  return typeof named === 'number' ? null : named;
}

/** Whether a trial with that status counts with its own score; any other counts with the worst. */
export function succeeded(status: string): boolean {
  return status === 'completed' || status === 'reached target' || status === 'stopped early';
}

export function higher_is_better(metric: string): boolean {
  return metric.endsWith('accuracy');
}
