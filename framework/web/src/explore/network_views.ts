import {swatch} from '../shared/animation';
import {canvas_figure} from '../shared/canvas_figure';
import {h} from '../shared/dom';
import {number_text} from '../shared/format';
import {current_theme} from '../shared/palette';
import type {pen} from '../shared/pen';
import type {image_shape, network_view, race, racer} from './race';

/** A canvas of an image's own size; `colour` of the values of one place, a value a channel. */
function painted([channels, rows, columns]: image_shape, values: number[], colour: (at: number[]) => [number, number, number]): HTMLCanvasElement {
  const canvas = h('canvas', {width: columns, height: rows});
  const pixels = new ImageData(columns, rows);
  const size = rows * columns;
  for (let i = 0; i < size; ++i) {
    const at = Array.from({length: channels}, (_, channel) => values[channel * size + i] ?? 0);
    pixels.data.set([...colour(at), 255], 4 * i);
  }
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return canvas;
}

/** Ink on paper, or the colours that an image of three channels has. */
function picture(shape: image_shape, values: number[], label: string): HTMLCanvasElement {
  const grey = (value: number) => 255 - value;
  const canvas = painted(shape, values, (at) => at.length === 3 ? [at[0]!, at[1]!, at[2]!] : [grey(at[0]!), grey(at[0]!), grey(at[0]!)]);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', label);
  return canvas;
}

const full_scale = 127;
/** As the first two inks of the palette. */
const scales = {
  light: {ground: 250, below: [213, 94, 0], above: [0, 114, 178]},
  dark: {ground: 30, below: [255, 140, 66], above: [86, 180, 240]},
};

/** Blue above 0, orange below, the page's ground at 0; of three channels as light of three colours around grey. */
function weight_colour(at: number[], {ground, below, above}: typeof scales.light): [number, number, number] {
  if (at.length === 3) return at.map((value) => 128 + value) as [number, number, number];
  const share = Math.min(1, Math.abs(at[0]!) / full_scale), to = at[0]! > 0 ? above : below;
  return to.map((part) => Math.round(ground + share * (part - ground))) as [number, number, number];
}

const columns = 8, tile = 52, gap = 4;

/** The first layer's units as images of their weights. */
class weights_view extends canvas_figure {
  private weights: NonNullable<network_view['weights']> | null = null;

  constructor(label: string, readonly units: number) {
    const side = Math.min(tile, (innerWidth - 48) / columns - gap);  // as wide as a telephone has room for
    super(`First layer of the network that ${label} trains`, Math.ceil(units / columns) * (side + gap) + 8, {left: 0, right: 0, top: 4, bottom: 4});
  }

  set(weights: NonNullable<network_view['weights']>): void {
    this.weights = weights;
    this.redraw();
  }

  protected table(): (string | number | null)[][] {
    const {units = [], largest = 0} = this.weights ?? {};
    return [['unit', 'input', 'weight'], ...units.flatMap((unit, i) => unit.map((value, input) => [i, input, value / full_scale * largest]))];
  }

  protected draw(pen: pen): void {
    if (!this.weights) return;
    const {shape, units} = this.weights;
    const side = Math.min(tile * this.scale, this.plot_width / columns - gap);
    const scale = current_theme().dark ? scales.dark : scales.light;
    units.forEach((unit, i) => {
      const image = painted(shape, unit, (at) => weight_colour(at, scale));
      const place = [i % columns, Math.floor(i / columns)] as const;
      pen.drawImage(image, this.margin.left + place[0] * (side + gap), this.margin.top + place[1] * (side + gap), side, side);
    });
  }
}

/** What each network makes of some images, and how its first layer looks, as it trains. */
export class network_views {
  readonly element = h('div', {class: 'sections'});
  private readonly layers = new Map<string, weights_view>();

  /** Draws what is known by now; nothing of data that are no images. */
  update(of: race): void {
    const seen = of.racers.filter((each) => each.view);
    if (!of.images || seen.length === 0) {
      this.layers.clear();
      this.element.replaceChildren();
      return;
    }
    const active = document.activeElement, within = active instanceof HTMLElement && this.element.contains(active) ? active : null;
    const in_table = within?.getAttribute('aria-label') === 'Predictions';
    const left = this.element.querySelector('.scroll')?.scrollLeft ?? 0;
    const parts = [this.predictions(of, seen)];
    const with_weights = seen.filter((each) => each.view!.weights);
    if (with_weights.length > 0) parts.push(this.first_layers(with_weights));
    this.element.replaceChildren(...parts);
    // A focus within, such as that of a button which saves a figure, stays.
    const table = this.element.querySelector<HTMLElement>('.scroll');
    if (table) table.scrollLeft = left;
    (in_table ? table : within)?.focus({preventScroll: true});
  }

  private predictions({images}: race, seen: racer[]): HTMLElement {
    const {shape, labels, pixels} = images!;
    const cell = (predicted: number, i: number) => {
      const is_right = predicted === labels[i];
      return h('td', {class: is_right ? 'right' : 'wrong'}, String(predicted), !is_right && h('span', {'aria-label': ', wrong'}, ' ✗'));
    };
    const heads = pixels.map((each, i) => h('th', {scope: 'col'}, picture(shape, each, `image ${i + 1}, a ${labels[i]}`)));
    return h('section', {class: 'card', 'aria-labelledby': 'seen-title'},
      h('header', {}, h('h2', {id: 'seen-title'}, 'What the networks see'),
        h('p', {class: 'hint'}, 'The class that each network gives some images of the validation part by now; ✗ where it is wrong.')),
      h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Predictions'}, h('table', {class: 'predictions'},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col', class: 'text'}, 'optimizer'), ...heads, h('th', {scope: 'col'}, 'right'))),
        h('tbody', {}, ...seen.map((each) => {
          const {predictions} = each.view!;
          const right = predictions.filter((predicted, i) => predicted === labels[i]).length;
          return h('tr', {}, h('th', {scope: 'row', class: 'text'}, swatch(each.ink), each.label), ...predictions.map(cell),
                   h('td', {}, `${right} of ${predictions.length}`));
        })))));
  }

  private first_layers(seen: racer[]): HTMLElement {
    const figures = seen.map((each) => {
      const weights = each.view!.weights!;
      const known = this.layers.get(each.label);
      const view = known?.units === weights.units.length ? known : new weights_view(each.label, weights.units.length);
      this.layers.set(each.label, view);
      view.set(weights);
      return h('figure', {class: 'first-layer'},
        h('figcaption', {}, swatch(each.ink), `${each.label}: ${weights.tensor}, up to ±${number_text(Number(weights.largest.toPrecision(3)))}`), view.element);
    });
    return h('section', {class: 'card', 'aria-labelledby': 'layer-title'},
      h('header', {}, h('h2', {id: 'layer-title'}, 'First layer'),
        h('p', {class: 'hint'}, 'Each image is one unit: the weights from all pixels to it, blue above 0 and orange below. What stays noise was hardly trained.')),
      h('div', {class: 'grid'}, ...figures));
  }
}
