// Debian's Chromium, driven by playwright-core, and what every test of a page wants of it.
import {createRequire} from 'node:module';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const {chromium} = createRequire(path.join(here, '../../framework/web/package.json'))('playwright-core');

export const folder = process.env.RAVINE_TEST_FOLDER ?? path.join(here, '../../build/release/web-tests');
export const program = process.env.RAVINE_PROGRAM ?? path.join(here, '../../build/release/ravine');
mkdirSync(folder, {recursive: true});

export function in_folder(name) {
  return path.join(folder, name);
}

export async function open_browser() {
  return chromium.launch({
    executablePath: process.env.RAVINE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync', '--enable-unsafe-swiftshader'],
  });
}

/** A page that keeps what it complained of in `complaints`. */
export async function open_page(browser, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (problem) => complaints.push(String(problem)));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') complaints.push(`not loaded: ${request.url()} ${why}`);  // aborted: by the page itself
  });
  return {page, context, complaints};
}

/**
 * A picture for people to look at, which checks nothing. Made where RAVINE_SCREENSHOTS is set: at 3840 pixels one takes
 * seconds.
 */
export async function screenshot(page, name, options = {}) {
  if (process.env.RAVINE_SCREENSHOTS) await page.screenshot({path: in_folder(name), ...options});
}

/** Scrolls past everything until every figure is drawn, or says that there is nothing to draw. */
export async function see_all(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (const figure of document.querySelectorAll('.chart')) {
      if (figure.offsetParent === null) continue;
      figure.scrollIntoView({behavior: 'instant'});
      while (figure.isConnected && figure.offsetParent && !figure.querySelector('.main-svg')) await frame();
    }
    scrollTo({top: 0, behavior: 'instant'});
  });
}
