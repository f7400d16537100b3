import type {setting} from '../shared/document';

/** What GET /api/plugins answers. */
export interface hyperparameter {
  name: string;
  doc: string;
  type: 'real' | 'integer' | 'boolean' | 'choice' | 'integer_list';
  default: setting;
  minimum: number | null;
  maximum: number | null;
  open_below: boolean;
  open_above: boolean;
  /** The valid values in words. */
  range: string;
  search: [number, number] | null;
  scale: 'none' | 'linear' | 'log' | 'log_one_minus';
  choices: string[];
  schedulable: boolean;
}

export interface component {
  id: string;
  summary: string;
  reference: string;
  doc: string;
  file: string;
  sha256: string;
  hyperparameters: hyperparameter[];
  is_landscape?: boolean;
  /** An optimizer that works around another one, always or where it is given one. */
  wraps?: boolean;
  /** Files of optimizers that have this name and differ: first the one that is used. */
  builds?: string[];
  may_wrap?: boolean;
  follows_metric?: boolean;
}

export interface catalog {
  optimizers: component[];
  schedulers: component[];
  models: component[];
  data: {name: string; summary: string}[];
  rejected: {file: string; reason: string}[];
}

export function find(all: component[], id: string): component | undefined {
  return all.find((each) => each.id === id);
}
