import type {number_or_none, setting, settings} from './document';

/** "0.9820", "1.814e-8", "7500"; "–" for what is no number, "∞" for a score that nobody reached. */
export function number_text(value: number_or_none | undefined, none = '–'): string {
  if (value === null || value === undefined || Number.isNaN(value)) return none;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size >= 1e4 && size < 1e6) return String(Math.round(value));
  if (size >= 1e-3 && size < 1e6) return trimmed(value.toPrecision(4));
  return value.toExponential(3).replace(/\.?0*e\+?/, 'e');
}

/** A repetition, counted from 1, whose number tells the study of tuning that it belongs to: "3", "study 2 · 3". */
export function repetition_text(repetition: number): string {
  const stride = 2 ** 24, of_search = 2 ** 32;
  const study = Math.floor((repetition - 1) % of_search / stride);
  const within = (repetition - 1) % stride + 1;
  return study === 0 ? String(within) : `study ${study + 1} · ${within}`;
}

/** With four digits always, so that a column of scores lines up: "0.9820". */
export function score_text(value: number_or_none | undefined, none = '–'): string {
  const size = Math.abs(value ?? 0);
  const is_plain = typeof value === 'number' && size >= 1e-3 && size < 1e4 && (size < 100 || !Number.isInteger(value));
  return is_plain ? value.toPrecision(4) : number_text(value, none);
}

function trimmed(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

export function seconds_text(value: number_or_none): string {
  if (value === null) return '–';
  if (value < 1e-3) return `${trimmed((value * 1e6).toPrecision(3))} µs`;
  if (value < 1) return `${trimmed((value * 1e3).toPrecision(3))} ms`;
  return `${trimmed(value.toPrecision(3))} s`;
}

/** "validation_loss" as people say it. */
export function metric_text(name: string): string {
  const known: Record<string, string> = {
    gradient_norm: 'gradient norm', update_norm: 'update size', loss: 'loss', 'value.lr': 'learning rate',
    hessian_eigenvalue: 'largest Hessian eigenvalue', sam_sharpness: 'SAM’s sharpness', gradient_noise_scale: 'gradient noise scale (examples)',
    update_cosine: 'cosine between updates',
  };
  return known[name] ?? (name.startsWith('value.') ? name.slice(6) : name.replaceAll('_', ' '));
}

export function setting_text(value: setting): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return typeof value === 'number' ? number_text(value) : String(value);
}

export function settings_text(values: settings): string {
  return Object.entries(values).map(([name, value]) => `${name}=${setting_text(value)}`).join(' ');
}

/** Digits before the point in threes: "1,200", "-12,345.5". */
export function in_threes(text: string): string {
  return text.replace(/^([-−]?)(\d{4,})(?!\d*e)/, (_, sign: string, digits: string) => sign + digits.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** What is counted, and may be a median or an expectation of counts: "2.5", "780", "7,500". */
export function count_text(count: number_or_none | undefined, none = '–'): string {
  const is_large = typeof count === 'number' && Math.abs(count) >= 1000 && Math.abs(count) < 1e15;
  return is_large ? in_threes(String(Math.round(count))) : number_text(count, none);
}

/** "1 trial", "10,200 trials". */
export function counted(count: number, what: string): string {
  return `${count_text(count)} ${what}${count === 1 ? '' : 's'}`;
}
