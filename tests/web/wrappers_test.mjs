// Optimizers around others, and those without gradients, in the explorer.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {open_browser, screenshot} from './browser.mjs';
import {changes, open_at, readings} from './explore_page.mjs';
import {explorer, ravine, work_folder} from './programs.mjs';

let browser, server, folder;

before(async () => {
  folder = work_folder('wrappers');
  browser = await open_browser();
  server = await explorer([], {cwd: folder});
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const open_explorer = (options = {}, hash = '') => open_at(browser, server.url + hash, options);
const manifest_of = (page) => page.locator('.manifest').innerText();

/** The last loss that ravine trace prints. */
async function traced(args, steps = '1000') {
  const {stdout} = await ravine(['trace', ...args, '--on', 'rosenbrock', '--steps', steps]);
  return Number(stdout.trim().split('\n').at(-1).split(',')[2]);
}

function is_near(shown, expected) {
  assert.ok(Math.abs(Number(shown) / expected - 1) < 1e-3, `${shown} for ${expected}`);
}

/** As changes, of the path at that place. */
async function changes_of(page, place, act) {
  const old = (await readings(page))[place];
  await act();
  await page.waitForFunction(([at, text]) => document.querySelectorAll('.legend .reading')[at]?.textContent !== text, [place, old]);
  return readings(page);
}

test('a wrapper is put around what was chosen, and both have their fields', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  const card = page.locator('.run').nth(2);  // adam with lr 0.05
  await changes_of(page, 2, () => card.getByLabel('optimizer', {exact: true}).selectOption('lookahead'));
  const inner = card.getByRole('region', {name: 'inside lookahead'});
  assert.equal(await inner.getByLabel('optimizer inside lookahead').inputValue(), 'adam');
  assert.equal(await inner.getByLabel('lr', {exact: true}).inputValue(), '0.05');
  assert.match(await manifest_of(page), /- \{use: lookahead, inner: \{use: adam, with: \{lr: 0.05\}\}\}/);
  await changes_of(page, 2, () => card.getByLabel('k', {exact: true}).fill('10'));
  await changes_of(page, 2, () => inner.getByLabel('lr', {exact: true}).fill('0.02'));
  assert.match(await manifest_of(page), /- \{use: lookahead, with: \{k: 10\}, inner: \{use: adam, with: \{lr: 0.02\}\}\}/);
  assert.match(await page.locator('.legend').innerText(), /lookahead\(adam\)/);
  is_near((await readings(page))[2], await traced(['lookahead(adam)', '--set', 'k=10', '--set', 'inner.lr=0.02']));
  await screenshot(page, 'explore-wrapper.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('wrappers nest, an address restores them, and a copied manifest runs', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  await page.locator('.run').nth(1).getByRole('button', {name: 'Take momentum away'}).click();
  await page.waitForFunction(() => document.querySelectorAll('.legend .reading').length === 2);
  const card = page.locator('.run').nth(1);
  await changes_of(page, 1, () => card.getByLabel('optimizer', {exact: true}).selectOption('lookahead'));
  await changes_of(page, 1, () => card.getByLabel('optimizer inside lookahead').selectOption('gradient_noise'));
  assert.equal(await card.getByLabel('optimizer inside gradient_noise').inputValue(), 'adam');
  const shown = await changes_of(page, 1, () => card.getByLabel('eta', {exact: true}).fill('0.5'));
  const form = /- \{use: lookahead, inner: \{use: gradient_noise, with: \{eta: 0.5\}, inner: \{use: adam, with: \{lr: 0.05\}\}\}\}/;
  assert.match(await manifest_of(page), form);
  is_near(shown[1], await traced(['lookahead(gradient_noise(adam))', '--set', 'inner.eta=0.5', '--set', 'inner.inner.lr=0.05']));

  await page.waitForURL((url) => decodeURIComponent(url.hash).includes('"eta":0.5'));
  const again = await open_explorer({}, new URL(page.url()).hash);
  assert.deepEqual(await readings(again.page), shown);
  assert.match(await manifest_of(again.page), form);
  await again.context.close();

  await page.getByRole('button', {name: 'Copy as manifest'}).click();
  writeFileSync(path.join(folder, 'copied.yaml'), await page.evaluate(() => navigator.clipboard.readText()));
  await ravine(['run', 'copied.yaml', '--out', 'copied.db'], {cwd: folder});
  const {stdout} = await ravine(['compare', 'copied.db', '--format', 'json'], {cwd: folder});
  const lines = JSON.parse(stdout).problems[0].configurations;
  assert.deepEqual(lines.map((each) => each.optimizer), ['sgd', 'lookahead(gradient_noise(adam))']);
  is_near(shown[1], lines[1].scores.loss.median);
  await page.setViewportSize({width: 400, height: 860});
  const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= width, `${wide} of ${width} pixels`);
  await screenshot(page, 'explore-wrapper-narrow.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what was inside a wrapper comes out again, and a wrapper may be left to itself', async () => {
  const {page, context} = await open_explorer();
  const at_first = await readings(page);
  const card = page.locator('.run').first();
  const use = card.getByLabel('optimizer', {exact: true});
  await changes(page, () => use.selectOption('lookahead'));
  assert.deepEqual(await changes(page, () => use.selectOption('sgd')), at_first);
  await changes(page, () => use.selectOption('sam'));  // works by itself
  assert.match(await manifest_of(page), /- \{use: sam\}/);
  await changes(page, () => card.getByLabel('optimizer inside sam').selectOption('adam'));
  assert.match(await manifest_of(page), /- \{use: sam, inner: \{use: adam\}\}/);
  await changes(page, () => card.getByLabel('optimizer inside sam').selectOption('none'));
  assert.match(await manifest_of(page), /- \{use: sam\}/);
  await context.close();
});

test('methods without gradients draw their paths', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  await changes(page, () => page.getByLabel('steps', {exact: true}).fill('30'));
  for (const [place, use] of [[0, 'nelder_mead'], [1, 'cma_es']]) {
    const shown = await changes_of(page, place, () => page.locator('.run').nth(place).getByLabel('optimizer', {exact: true}).selectOption(use));
    is_near(shown[place], await traced([use], '30'));
  }
  assert.equal(await page.locator('.note.fault').count(), 0);
  await screenshot(page, 'explore-gradient-free.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('wrappers are trained and tuned, and a problem that is too large for a method says so', async () => {
  const {page, context, complaints} = await open_explorer();
  await page.getByRole('tab', {name: 'Training'}).click();
  const tab = page.getByRole('tabpanel').locator('.explorer').filter({visible: true});
  const choose = (place, use) => tab.locator('.run').nth(place).getByLabel('optimizer', {exact: true}).selectOption(use);
  const train = async (search) => {
    await tab.getByLabel('epochs').fill('1');
    await tab.getByLabel('search trials').fill(search);
    await page.getByRole('button', {name: 'Train', exact: true}).click();
    await page.waitForFunction(() => [...document.querySelectorAll('.status')].some((each) => each.textContent === 'Done.'), null, {timeout: 60000});
    return tab.locator('tbody tr').allInnerTexts();
  };
  await tab.getByLabel('model').selectOption('softmax');
  await choose(0, 'nelder_mead');
  await choose(1, 'ema');
  await choose(2, 'cautious');  // has nothing to search
  const [simplex, ...wrappers] = await train('0');
  assert.match(simplex, /^nelder_mead\b.*failed: .*at most 5000 parameters, found 7850/s);
  assert.match(wrappers[0], /^ema\(momentum\)\s+1\s.*completed$/s);
  assert.match(wrappers[1], /^cautious\(adam\)\s+1\s.*completed$/s);
  await screenshot(page, 'explore-training-wrappers.png', {fullPage: true});
  await tab.getByRole('button', {name: 'Take nelder_mead away'}).click();
  const tuned = await train('1');
  assert.match(tuned[0], /^ema\(momentum\).*decay.*inner\.lr.*completed$/s);
  assert.match(tuned[1], /^cautious\(adam\).*inner\.lr.*completed$/s);
  assert.deepEqual(complaints, []);
  await context.close();
});
