import type {hyperparameter} from './catalog';

interface mapping {
  to_place(value: number): number;
  to_value(place: number): number;
}

/** Equal ways are equal differences, equal factors, or equal factors of 1 − x, as the plugin declares. */
function mapping_of(of: hyperparameter): mapping {
  if (of.scale === 'log') return {to_place: Math.log10, to_value: (place) => 10 ** place};
  if (of.scale === 'log_one_minus') {
    return {to_place: (value) => -Math.log10(1 - value), to_value: (place) => 1 - 10 ** -place};
  }
  return {to_place: (value) => value, to_value: (place) => place};
}

/** Three digits are what a slider can be set to. */
function rounded(value: number, of: hyperparameter): number {
  if (of.type === 'integer') return Math.round(value);
  if (of.scale === 'log_one_minus') return Number((1 - Number((1 - value).toPrecision(3))).toPrecision(12));
  return Number(value.toPrecision(3));
}

/** Where a value lies between the ends of the declared range, 0 to 1; one beyond an end at that end. */
export function share_of(of: hyperparameter, value: number): number {
  const {to_place} = mapping_of(of);
  const [low, high] = of.search!.map(to_place) as [number, number];
  const share = (to_place(value) - low) / (high - low);
  return Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share));
}

export function value_at(of: hyperparameter, share: number): number {
  const {to_place, to_value} = mapping_of(of);
  const [low, high] = of.search!.map(to_place) as [number, number];
  return rounded(to_value(low + share * (high - low)), of);
}
