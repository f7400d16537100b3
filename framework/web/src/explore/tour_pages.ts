import {type driven, new_run, type state} from './state';

export interface tour_page {
  title: string;
  text: string[];
  /** What is moved: `value` of its place between 0 and 1, where it is `at` first. */
  slider: {name: string; at: number; value(share: number): number};
  state(value: number): Partial<state>;
  /** Of runs that are not told apart by their optimizers. */
  names?: string[];
  /** The question that measures what the page says, and its manifest in experiments/questions. */
  question: [number: number, manifest: string];
}

const digits = (value: number) => Number(value.toPrecision(3));
const linear = (low: number, high: number) => (share: number) => digits(low + share * (high - low));
const logarithmic = (low: number, high: number) => (share: number) => digits(low * (high / low) ** share);

const box = {lower: [-5, -4] as [number, number], upper: [2, 4] as [number, number]};
const ravine = (kappa: number, steps: number, runs: driven[]): Partial<state> =>
    ({landscape: 'ellipsoid', landscape_with: {kappa}, frame: box, steps, runs});

/** Each page shows one thing; what it says was read off its picture, at the ends of its slider too. */
export const tour_pages: tour_page[] = [
  {
    title: 'A ravine', question: [5, '05-ravine'],
    text: ['Loss surfaces have valleys: steep across, nearly flat along. This one is twenty times steeper across than along.',
           'Gradient descent steps against the gradient, which points across. With a small rate it walks to the floor and then creeps along it. Above 1/20 each step overshoots by more than the last: it leaves.'],
    slider: {name: 'learning rate', at: 0.2, value: linear(0.002, 0.052)},
    state: (lr) => ravine(20, 60, [new_run('sgd', 0, {lr})]),
  },
  {
    title: 'The zigzag', question: [5, '05-zigzag'],
    text: ['Just below the largest rate that works, every step crosses the floor: a zigzag. Along the floor the same rate is far too small.',
           'How much too small is the condition number, curvature across over curvature along. At 1 every step points straight at the minimum; at 100 a third of the way is still ahead when the steps are spent.'],
    slider: {name: 'condition number', at: 0.65, value: logarithmic(1, 100)},
    state: (kappa) => ravine(kappa, 60, [new_run('sgd', 0, {lr: digits(0.9 / kappa)})]),
  },
  {
    title: 'Momentum', question: [5, '05-ravine'],
    text: ['Momentum remembers the steps before. What alternates, across the floor, cancels; what they have in common, along it, adds up.',
           'With beta 0 it is gradient descent. With too large a beta it rolls past the minimum and swings back for long. And where the rate is so small that gradient descent does not zigzag, momentum brings a zigzag of its own: try a lower rate in the explorer.'],
    slider: {name: 'beta', at: 0.5, value: linear(0, 0.98)},
    state: (beta) => ravine(20, 60, [new_run('sgd', 0, {lr: 0.045}), new_run('momentum', 1, {lr: 0.045, beta})]),
  },
  {
    title: 'Looking ahead', question: [6, '06-bowl'],
    text: ['Nesterov’s method takes the gradient where the velocity is about to lead, not where it is. So it begins to brake before it has passed the floor.',
           'The larger beta, the more that matters: momentum swings where looking ahead has settled.'],
    slider: {name: 'beta', at: 0.85, value: linear(0, 0.98)},
    state: (beta) => ravine(20, 60, [new_run('momentum', 1, {lr: 0.02, beta}), new_run('nag', 2, {lr: 0.02, beta})]),
  },
  {
    title: 'Scales', question: [7, '07-scales'],
    text: ['Adam divides the step in each coordinate by the size of that coordinate’s own gradients. Steepness cancels: its path hardly changes with the condition number, while gradient descent slows down.',
           'This works along the axes. Turn the valley in the explorer, with “rotate”, and much of the advantage is gone.'],
    slider: {name: 'condition number', at: 0.5, value: logarithmic(1, 10000)},
    state: (kappa) => ravine(kappa, 200, [new_run('sgd', 0, {lr: digits(0.9 / kappa)}), new_run('adam', 2, {lr: 0.15})]),
  },
  {
    title: 'A saddle', question: [8, '08-saddles'],
    text: ['At a saddle the gradient vanishes, though the loss falls to both sides. Gradient descent leaves it slowly: each step multiplies the distance from the ridge by the same factor, so that a start ten times nearer costs the same number of steps more.',
           'Momentum gathers speed on the way out. Adam, whose steps do not depend on how small a gradient is, hardly notices.'],
    slider: {name: 'distance from the ridge', at: 0.5, value: logarithmic(1e-10, 1e-1)},
    state: (away) => ({landscape: 'saddle', landscape_with: {}, start: [1.5, away], frame: {lower: [-2, -2], upper: [2, 2]}, steps: 100,
                       runs: [new_run('sgd', 0, {lr: 0.05}), new_run('momentum', 1, {lr: 0.05}), new_run('adam', 2, {lr: 0.05})]}),
  },
  {
    title: 'Noise', question: [10, '10-schedules'],
    text: ['Gradients of a few examples are noisy. With a constant rate the path does not settle: it wanders around the minimum, the farther, the larger the noise and the rate.',
           'A small rate wanders less, and takes longer to arrive.'],
    slider: {name: 'noise', at: 0.5, value: linear(0, 6)},
    state: (noise) => ({landscape: 'sphere', landscape_with: {}, frame: box, steps: 200, noise,
                        runs: [new_run('sgd', 0, {lr: 0.2}), new_run('sgd', 1, {lr: 0.01})]}),
    names: ['rate 0.2', 'rate 0.01'],
  },
  {
    title: 'Schedules', question: [10, '10-schedules'],
    text: ['A schedule has both: a large rate to arrive, a small one to settle. Here the rate of one of the two falls to 0 along a cosine.',
           'The larger the rate, the more there is to gain by letting it fall.'],
    slider: {name: 'learning rate', at: 0.6, value: logarithmic(0.005, 0.5)},
    state: (lr) => ({landscape: 'sphere', landscape_with: {}, frame: box, steps: 1000, noise: 2,
                     runs: [new_run('sgd', 0, {lr}), {...new_run('sgd', 1, {lr}), schedule: 'cosine'}]}),
    names: ['constant rate', 'rate along a cosine'],
  },
];
