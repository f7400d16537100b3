/** What is used of a canvas's context. Whoever draws with it alone can be saved as SVG too. */
export type pen = Pick<CanvasRenderingContext2D,
  'font' | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineJoin' | 'lineCap' | 'globalAlpha' | 'textAlign' | 'textBaseline' |
  'save' | 'restore' | 'beginPath' | 'closePath' | 'moveTo' | 'lineTo' | 'rect' | 'arc' | 'fill' | 'stroke' | 'clip' |
  'fillRect' | 'strokeRect' | 'fillText' | 'setLineDash' | 'drawImage'>;

const anchors: Record<string, string> = {left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end'};
const baselines: Record<string, string> = {top: 'hanging', middle: 'central'};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Writes SVG instead of drawing. Arcs are whole circles, and each clip lasts until `restore`. */
export class svg_pen implements pen {
  font = '12px sans-serif';
  fillStyle: pen['fillStyle'] = '#000';
  strokeStyle: pen['strokeStyle'] = '#000';
  lineWidth = 1;
  lineJoin: pen['lineJoin'] = 'miter';
  lineCap: pen['lineCap'] = 'butt';
  globalAlpha = 1;
  textAlign: pen['textAlign'] = 'start';
  textBaseline: pen['textBaseline'] = 'alphabetic';
  private dashes: number[] = [];
  private path = '';
  private readonly parts: string[] = [];
  private clips = 0;
  private readonly open: number[] = [];  // groups since each save

  document(width: number, height: number): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${short(width)}" height="${short(height)}" ` +
        `viewBox="0 0 ${short(width)} ${short(height)}">${this.parts.join('')}</svg>`;
  }

  save = (): void => { this.open.push(0); };
  restore = (): void => { this.parts.push('</g>'.repeat(this.open.pop() ?? 0)); };
  beginPath = (): void => { this.path = ''; };
  closePath = (): void => { this.path += 'Z'; };
  moveTo = (x: number, y: number): void => { this.path += `M${short(x)} ${short(y)}`; };
  lineTo = (x: number, y: number): void => { this.path += `${this.path === '' ? 'M' : 'L'}${short(x)} ${short(y)}`; };
  rect = (x: number, y: number, width: number, height: number): void => {
    this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  };
  arc = (x: number, y: number, radius: number): void => {
    const half = (way: number) => `a${short(radius)} ${short(radius)} 0 1 0 ${short(way * 2 * radius)} 0`;
    this.path += `M${short(x - radius)} ${short(y)}${half(1)}${half(-1)}`;
  };
  fill = (): void => { this.put('path', `d="${this.path}"`, this.filled()); };
  stroke = (): void => { this.put('path', `d="${this.path}"`, this.stroked()); };
  clip = (): void => {
    const id = `clip${++this.clips}`;
    this.parts.push(`<clipPath id="${id}"><path d="${this.path}"/></clipPath><g clip-path="url(#${id})">`);
    this.open.push((this.open.pop() ?? 0) + 1);
  };
  fillRect = (x: number, y: number, width: number, height: number): void => {
    this.put('rect', `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`, this.filled());
  };
  strokeRect = (x: number, y: number, width: number, height: number): void => {
    this.put('path', `d="M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z"`, this.stroked());
  };
  fillText = (text: string, x: number, y: number): void => {
    const [size, ...families] = this.font.split('px ');
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" font-size="${size}" font-family="${escaped(families.join(''))}" ` +
        `text-anchor="${anchors[this.textAlign]}" dominant-baseline="${baselines[this.textBaseline] ?? 'auto'}" ${this.filled()}>${escaped(text)}</text>`);
  };
  setLineDash = (dashes: Iterable<number>): void => { this.dashes = [...dashes]; };
  drawImage = (image: CanvasImageSource, x: number, y: number, width = 0, height = 0): void => {
    const url = (image as HTMLCanvasElement).toDataURL('image/png');
    this.parts.push(`<image href="${url}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none"/>`);
  };

  private filled(): string {
    return `fill="${String(this.fillStyle)}" opacity="${this.globalAlpha}"`;
  }
  private stroked(): string {
    const dashes = this.dashes.length > 0 ? ` stroke-dasharray="${this.dashes.map(short).join(' ')}"` : '';
    return `fill="none" stroke="${String(this.strokeStyle)}" stroke-width="${this.lineWidth}" stroke-linejoin="${this.lineJoin}" ` +
        `stroke-linecap="${this.lineCap}" opacity="${this.globalAlpha}"${dashes}`;
  }
  private put(tag: string, shape: string, look: string): void {
    this.parts.push(`<${tag} ${shape} ${look}/>`);
  }
}
