import {read_document, type report_document} from '../shared/document';
import type {slice_document} from './slice_page';

/** The document that stands packed in the page: gzip, then base64. That of `ravine slice` is under a key of its own. */
export async function unpack(packed: string): Promise<report_document | {slice: slice_document}> {
  if (!('DecompressionStream' in window)) {
    throw new Error('This browser is too old to unpack the data: Chromium 80, Firefox 113 or Safari 16.4 can.');
  }
  const bytes = Uint8Array.from(atob(packed.trim()), (each) => each.charCodeAt(0));
  const text = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  const parsed = JSON.parse(await text) as report_document | {slice: slice_document};
  return 'slice' in parsed ? parsed : read_document(parsed);
}
