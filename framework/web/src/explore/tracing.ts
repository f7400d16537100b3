import type {path_note} from '../shared/animation';
import {type image, type number_or_none, succeeded} from '../shared/document';
import type {drawn_path} from '../shared/landscape_view';
import {evaluation, landscape_manifest} from './manifest';
import {post} from './requests';
import {type driven, type frame, labels, type state} from './state';

export interface traced_path {
  label: string;
  status: string;
  reason: string;
  steps: number;
  evaluations: number;
  step: number[];
  x: number_or_none[];
  y: number_or_none[];
  loss: number_or_none[];
  /** The learning rate at each evaluation. */
  rates: {step: number[]; lr: number_or_none[]} | null;
}

export interface traced {
  paths: traced_path[];
  image?: image | null;
}

export const cells = 160;
/** Runs that a request may have. */
export const most_runs = 12;

/** The paths of a state's runs; with the landscape's image if a frame is given, null for its own box. */
export async function trace(of: state, view?: {frame: frame | null}, target?: number): Promise<traced> {
  const names = labels(of.runs);
  const builds = [...new Set(of.runs.map((each) => each.build ?? ''))];
  const paths: traced_path[] = [];
  let image: traced['image'];
  for (const [i, build] of builds.entries()) {
    const places = of.runs.flatMap((each, place) => (each.build ?? '') === build ? [place] : []);
    const answer = await post<traced>('api/trace', {
      manifest: landscape_manifest({...of, runs: places.map((place) => of.runs[place]!)}, evaluation(of, target)),
      ...(build ? {build} : {}), ...(view && i === 0 ? {cells, frame: view.frame} : {}),
    });
    if (i === 0) ({image} = answer);
    places.forEach((place, row) => { paths[place] = {...answer.paths[row]!, label: names[place]!}; });
  }
  return {paths, ...(image === undefined ? {} : {image})};
}

/** As they are drawn, each in the ink of its run. */
export function drawn_of(paths: traced_path[], runs: driven[]): {paths: drawn_path[]; notes: path_note[]} {
  return {
    paths: paths.map((each, i) => ({label: each.label, ink: runs[i]!.ink, step: each.step, x: each.x, y: each.y, loss: each.loss})),
    notes: paths.map((each) => {
      const is_fault = !succeeded(each.status);
      return {text: is_fault ? `${each.status}${each.reason ? `: ${each.reason.split('\n')[0]}` : ''}` : '', is_fault};
    }),
  };
}

/** From the page's coordinates, which are the optimizer's, to the function's own; and back. */
export function to_function(of: image, [x, y]: [number, number]): [number, number] {
  const [origin, along_x, along_y] = of.function_axes;
  const part = (axis: [number, number]) =>
      (x - origin[0]) * (axis[0] - origin[0]) + (y - origin[1]) * (axis[1] - origin[1]);
  return [part(along_x), part(along_y)];
}
export function to_page(of: image, [u, v]: [number, number]): [number, number] {
  const [origin, along_x, along_y] = of.function_axes;
  const part = (axis: 0 | 1) =>
      origin[axis] + u * (along_x[axis] - origin[axis]) + v * (along_y[axis] - origin[axis]);
  return [part(0), part(1)];
}

/** The narrowest frame with room around all finite points of the paths; null if there is none. */
export function frame_around(paths: drawn_path[], box: image): frame | null {
  const sides = ([0, 1] as const).map((axis) => {
    const places = paths.flatMap((each) => axis === 0 ? each.x : each.y).filter((each): each is number => each !== null);
    // A path that left far behind what is worth seeing does not count with all of it.
    const [low, high] = [box.lower[axis], box.upper[axis]], width = high - low;
    const near = places.filter((each) => each > low - 2 * width && each < high + 2 * width);
    const [least, most] = [near.reduce((a, b) => Math.min(a, b), Infinity), near.reduce((a, b) => Math.max(a, b), -Infinity)];
    const room = Math.max(0.1 * (most - least), 1e-3 * width);
    return [least - room, most + room].map((each) => Number(each.toPrecision(6)));
  });
  if (!sides.flat().every(Number.isFinite)) return null;
  const [[left, right], [bottom, top]] = sides as [[number, number], [number, number]];
  return {lower: [left, bottom], upper: [right, top]};
}
