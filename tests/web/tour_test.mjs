// The guided tour: what each page says is what its picture shows.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {open_browser, screenshot} from './browser.mjs';
import {open_at, readings} from './explore_page.mjs';
import {explorer, work_folder} from './programs.mjs';

let browser, server;

before(async () => {
  browser = await open_browser();
  server = await explorer(['--tour'], {cwd: work_folder('tour')});
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const titles = ['A ravine', 'The zigzag', 'Momentum', 'Looking ahead', 'Scales', 'A saddle', 'Noise', 'Schedules'];

/** Moves the slider to an end; answers the losses in the legend, and ∞ as Infinity. */
async function losses_at(page, key) {
  await page.waitForSelector('[aria-label=Picture][aria-busy=false]');
  const answer = page.waitForResponse((each) => each.url().endsWith('/api/trace'));
  await page.locator('.tour-slider input').press(key);
  await answer;
  await page.waitForSelector('[aria-label=Picture][aria-busy=false]');
  return (await page.locator('.legend .reading').allInnerTexts()).map((each) => each === '∞' ? Infinity : Number(each));
}

test('--tour leads to eight pages, by the keyboard too', async () => {
  assert.match(server.url, /#tour$/);
  const {page, context, complaints} = await open_at(browser, server.url);
  const seen = [];
  for (let i = 0; i < titles.length; ++i) {
    await page.waitForSelector('[aria-label=Picture][aria-busy=false]');
    seen.push(await page.locator('.words h2').innerText());
    assert.ok(await page.locator('.legend .reading').count() > 0);
    await screenshot(page, `tour-${i + 1}.png`, {fullPage: true});
    const next = page.getByRole('button', {name: 'Next'});
    if (i + 1 < titles.length) await next.press('Enter');
    else assert.ok(await next.isDisabled());
  }
  assert.deepEqual(seen, titles);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what the pages say is what the pictures show', async () => {
  const {page, context} = await open_at(browser, server.url);
  const next = () => page.getByRole('button', {name: 'Next'}).click();
  const both = async () => [await losses_at(page, 'Home'), await losses_at(page, 'End')];

  let [low, high] = await both();  // a ravine: creeps, and leaves
  assert.ok(low[0] > 1 && high[0] > low[0], `${low}, ${high}`);
  await next();
  [low, high] = await both();  // the zigzag: none at 1, most of the way ahead at 100
  assert.ok(low[0] < 1e-9 && high[0] > 1, `${low}, ${high}`);
  await next();
  [low, high] = await both();  // momentum with beta 0 is gradient descent; with .98 it swings
  assert.equal(low[0], low[1]);
  assert.ok(high[1] > high[0], `${high}`);
  await next();
  [low, high] = await both();  // looking ahead
  assert.ok(high[1] < high[0] / 3, `${high}`);
  await next();
  [low, high] = await both();  // scales: gradient descent slows down, adam does not
  assert.ok(high[0] > 1e3 * low[0] && high[1] < high[0] / 10, `${low}, ${high}`);
  await next();
  [low, high] = await both();  // a saddle: from far off gradient descent has left, from nearby it has not
  assert.ok(low[0] > -1e-3 && high[0] < -1 && low[2] < -1, `${low}, ${high}`);
  await next();
  [low, high] = await both();  // noise
  assert.ok(low[0] < 1e-9 && high[0] > 0.1, `${low}, ${high}`);
  await next();
  [low, high] = await both();  // schedules
  assert.ok(high[1] < high[0], `${high}`);
  await context.close();
});

test('a page goes on in the explorer', async () => {
  const {page, context} = await open_at(browser, server.url);
  await page.getByRole('button', {name: 'Next'}).click();
  const [sgd] = await losses_at(page, 'End');
  await page.getByRole('button', {name: 'Go on with it in the explorer'}).click();
  const tab = page.locator('.explorer').filter({visible: true});
  await tab.locator('.legend .reading').first().waitFor();
  await page.waitForFunction((loss) => [...document.querySelectorAll('.explorer .legend .reading')].some((each) => Number(each.textContent) === loss), sgd);
  assert.match(await tab.locator('.manifest').innerText(), /use: ellipsoid, with: \{kappa: 100\}/);
  await page.waitForURL((url) => decodeURIComponent(url.hash).includes('"tab":"landscape"'));
  await page.goBack();
  await page.waitForSelector('.tour .words', {state: 'visible'});
  await context.close();
});
