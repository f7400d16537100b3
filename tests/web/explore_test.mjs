// The explorer, driven as its user drives it.
import assert from 'node:assert/strict';
import {createServer, request as forward} from 'node:http';
import {copyFileSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {open_browser, open_page, screenshot, see_all} from './browser.mjs';
import {changes, open_at, readings} from './explore_page.mjs';
import {explorer, ravine, work_folder} from './programs.mjs';

const objects = process.env.RAVINE_TEST_OBJECT_DIR;

let browser, server, folder, plugins, results;

before(async () => {
  folder = work_folder('explore');
  plugins = work_folder('plugins');
  results = path.join(folder, 'results.db');
  writeFileSync(path.join(folder, 'results.yaml'),
                'name: results\nproblems: [{use: sphere}]\ntrain: {steps: 50}\noptimizers: [{use: sgd, with: {lr: 0.1}}]\n');
  await ravine(['run', 'results.yaml', '--out', results], {cwd: folder});
  browser = await open_browser();
  server = await explorer([results, '--plugins', plugins], {cwd: folder});
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const open_explorer = (options = {}, hash = '') => open_at(browser, server.url + hash, options);

test('paths are those of ravine trace', async () => {
  const {page, context, complaints} = await open_explorer();
  const [sgd] = await readings(page);
  const {stdout} = await ravine(['trace', 'sgd', '--on', 'rosenbrock', '--set', 'lr=0.001', '--steps', '1000']);
  const loss = Number(stdout.trim().split('\n').at(-1).split(',')[2]);
  assert.ok(Math.abs(Number(sgd) / loss - 1) < 1e-3, `${sgd} for ${loss}`);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a click moves the start, a slider the learning rate, and the address restores both', async () => {
  const {page, context, complaints} = await open_explorer();
  const canvas = page.locator('.views canvas').first();
  await changes(page, () => canvas.click({position: {x: 200, y: 120}}));
  assert.match(await page.locator('.manifest').innerText(), /start: \[/);
  const slider = page.getByLabel('lr, slider').first();
  await slider.focus();
  const moved = await changes(page, async () => {
    for (let i = 0; i < 20; ++i) await page.keyboard.press('ArrowRight');
  });
  const lr = await page.getByLabel('lr', {exact: true}).first().inputValue();
  assert.ok(Number(lr) > 0.001, lr);
  assert.match(await page.locator('.manifest').innerText(), new RegExp(`lr: ${lr}`));
  await page.waitForURL((url) => decodeURIComponent(url.hash).includes(`"lr":${lr}`));
  const again = await open_explorer({}, new URL(page.url()).hash);
  assert.equal(await again.page.getByLabel('lr', {exact: true}).first().inputValue(), lr);
  assert.deepEqual(await readings(again.page), moved);
  assert.deepEqual(complaints, []);
  await again.context.close();
  await context.close();
});

test('the page works below a path of a proxy', async () => {
  const proxied = await explorer(['--plugins', plugins, '--proxy-name', 'localhost'], {cwd: folder});
  const proxy = createServer((request, answer) => {
    const below = /^\/user\/me\/proxy\/7272(\/.*)/.exec(request.url);
    if (!below) return answer.writeHead(404).end();
    const {hostname, port} = new URL(proxied.url);
    request.pipe(forward({hostname, port, path: below[1], method: request.method, headers: {...request.headers, host: `${hostname}:${port}`}},
                         (found) => found.pipe(answer.writeHead(found.statusCode, found.headers))));
  });
  await new Promise((listening) => proxy.listen(0, '127.0.0.1', listening));
  try {
    const {page, context, complaints} = await open_at(browser, `http://localhost:${proxy.address().port}/user/me/proxy/7272/`);
    assert.equal((await readings(page)).length, 3);
    assert.deepEqual(complaints, []);
    await context.close();
  } finally {
    proxy.closeAllConnections();
    proxy.close();
    assert.equal(await proxied.stop(), 0);
  }
});

test('the keyboard moves the start', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  await page.locator('.views canvas').first().focus();
  await changes(page, () => page.keyboard.press('Shift+ArrowRight'));
  assert.match(await page.locator('.manifest').innerText(), /start: \[-1, 1\]/);
  await context.close();
});

test('on a turned and moved landscape the path starts where was clicked', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  await page.getByLabel('rotate').check();
  await readings(page);
  const [whole] = await Promise.all([
    page.waitForResponse((each) => each.url().endsWith('/api/trace')), page.getByLabel('shift').check()]);
  const {lower, upper} = (await whole.json()).image;
  await readings(page);
  const canvas = page.locator('.views canvas').first();
  const [answer] = await Promise.all([
    page.waitForResponse((each) => each.url().endsWith('/api/trace')), canvas.click({position: {x: 250, y: 200}})]);
  const {paths} = await answer.json();
  const size = await canvas.boundingBox();
  const share = [(250 - 44) / (size.width - 54), (200 - 10) / (size.height - 38)];
  assert.ok(Math.abs(paths[0].x[0] - (lower[0] + share[0] * (upper[0] - lower[0]))) < 0.02, `${paths[0].x[0]}`);
  assert.ok(Math.abs(paths[0].y[0] - (upper[1] - share[1] * (upper[1] - lower[1]))) < 0.02, `${paths[0].y[0]}`);
  await context.close();
});

test('a copied manifest runs, and ends where the page does', async () => {
  const {page, context} = await open_explorer();
  await page.locator('.run').nth(2).locator('details summary').click();
  await changes(page, async () => {
    await page.getByLabel('schedule of lr').nth(2).selectOption('cosine');
    await page.locator('.run').first().getByRole('button').click();
  });
  const shown = await readings(page);
  await page.getByRole('button', {name: 'Copy as manifest'}).click();
  const manifest = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(manifest, /schedule: \{lr: \{use: cosine/);
  writeFileSync(path.join(folder, 'copied.yaml'), manifest);
  await ravine(['run', 'copied.yaml', '--out', 'copied.db'], {cwd: folder});
  const {stdout} = await ravine(['compare', 'copied.db', '--format', 'json'], {cwd: folder});
  const lines = JSON.parse(stdout).problems[0].configurations;
  assert.deepEqual(lines.map((each) => each.optimizer), ['momentum', 'adam']);
  lines.forEach((each, i) => {
    assert.ok(Math.abs(Number(shown[i]) / each.scores.loss.median - 1) < 1e-3, `${shown[i]} for ${each.scores.loss.median}`);
  });
  await context.close();
});

test('optimizers come and go, and the images can stand apart', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  await page.getByRole('button', {name: 'Add an optimizer'}).click();
  await page.waitForFunction(() => document.querySelectorAll('.legend li').length === 4);
  await page.getByLabel('each in an image of its own').check();
  assert.equal(await page.locator('.views canvas').count(), 4);
  await page.locator('.run').first().getByRole('button').click();
  await page.waitForFunction(() => document.querySelectorAll('.views canvas').length === 3);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a wrong value is told beside the image', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  await page.getByLabel('lr', {exact: true}).first().fill('-1');
  await page.waitForFunction(() => /^optimizers\[0\]\.with\.lr: found -1, expected a real number >= 0/.test(document.querySelector('.status').textContent));
  await page.getByLabel('lr', {exact: true}).first().fill('abc');
  assert.equal(await page.getByLabel('lr', {exact: true}).first().getAttribute('aria-invalid'), '');
  await context.close();
});

test('a plugin that is dropped in appears, a bad one with its reason, and both go again', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  copyFileSync(path.join(objects, 'c_sign.so'), path.join(plugins, 'c_sign.so'));
  copyFileSync(path.join(objects, 'major_2.so'), path.join(plugins, 'major_2.so'));
  await page.waitForFunction(() => [...document.querySelectorAll('.run select option')].some((each) => each.value === 'c_sign'), null, {timeout: 15000});
  assert.match(await page.locator('.rejected').innerText(), /major_2\.so.*2/s);
  await changes(page, () => page.locator('.run').first().getByLabel('optimizer').selectOption('c_sign'));
  rmSync(path.join(plugins, 'c_sign.so'));
  rmSync(path.join(plugins, 'major_2.so'));
  await page.waitForSelector('.rejected', {state: 'detached', timeout: 15000});
  await page.waitForFunction(() => /there is no optimizer c_sign/.test(document.querySelector('.status').textContent));
  await context.close();
});

test('an optimizer that crashes costs its own path alone', async () => {
  copyFileSync(path.join(objects, 'hostile.so'), path.join(plugins, 'hostile.so'));
  const {page, context} = await open_explorer();
  await page.waitForFunction(() => [...document.querySelectorAll('.run select option')].some((each) => each.value === 'hostile'), null, {timeout: 15000});
  await page.locator('.run').first().getByLabel('optimizer').selectOption('hostile');
  const fault = page.locator('.run').first().getByLabel('fault');
  if (!await fault.isVisible()) await page.locator('.run').first().locator('details summary').click();
  await fault.selectOption('segfault');
  await page.waitForFunction(() => /crashed: SIGSEGV/.test(document.querySelector('.note.fault')?.textContent ?? ''));
  const shown = await page.locator('.legend .reading').allInnerTexts();
  assert.ok(Number(shown[1]) < 1 && Number(shown[2]) < 1, shown.join(', '));
  rmSync(path.join(plugins, 'hostile.so'));
  await context.close();
});

test('results are shown, and followed while they grow', async () => {
  const {page, context, complaints} = await open_explorer();
  await page.getByRole('tab', {name: 'Results'}).click();
  await page.waitForSelector('.results #summary tbody tr');
  assert.equal(await page.locator('.results #summary tbody tr').count(), 1);
  writeFileSync(path.join(folder, 'more.yaml'), readFileSync(path.join(folder, 'results.yaml'), 'utf8')
    .replace('optimizers: [', 'optimizers: [{use: adam, with: {lr: 0.1}}, '));
  await ravine(['run', 'more.yaml', '--out', results], {cwd: folder});
  await page.waitForFunction(() => document.querySelectorAll('.results #summary tbody tr').length === 2, null, {timeout: 15000});
  await see_all(page);
  await screenshot(page, 'explore-results.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a slider is answered quickly', async () => {
  const {page, context} = await open_explorer();
  await page.getByRole('button', {name: 'Add an optimizer'}).click();
  await page.getByRole('button', {name: 'Add an optimizer'}).click();
  await readings(page);
  await page.evaluate(() => performance.clearMeasures());
  await page.getByLabel('lr, slider').first().focus();
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press(i % 2 ? 'ArrowLeft' : 'ArrowRight');
    await page.waitForFunction((count) => performance.getEntriesByName('picture').length > count, i);
  }
  const taken = (await page.evaluate(() => performance.getEntriesByName('picture').map((each) => each.duration))).sort((a, b) => a - b);
  const at = (share) => taken[Math.floor(share * (taken.length - 1))].toFixed(1);
  console.log(`# slider to picture, 5 x 1,000 steps: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms of ${taken.length}`);
  assert.ok(taken.length >= 60);
  await context.close();
});

test('a server that is gone is told of', async () => {
  const other = await explorer([], {cwd: folder});
  const {page, context} = await open_page(browser);
  await page.goto(other.url);
  await readings(page);
  assert.equal(await other.stop(), 0);
  await page.getByLabel('lr', {exact: true}).first().fill('0.002');
  await page.waitForFunction(() => /does not answer/.test(document.querySelector('.status').textContent));
  await context.close();
});

async function nothing_overflows(page, name) {
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  await screenshot(page, `explore-${name}.png`, {fullPage: true});
}

test('nothing overflows the page: light, dark', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  await nothing_overflows(page, 'light');
  await page.emulateMedia({colorScheme: 'dark'});
  await nothing_overflows(page, 'dark');
  await context.close();
});

for (const [name, viewport] of Object.entries({narrow: {width: 400, height: 860}, large: {width: 3840, height: 2160}})) {
  test(`nothing overflows the page: ${name}`, async () => {
    const {page, context} = await open_explorer({viewport});
    await readings(page);
    await nothing_overflows(page, name);
    await context.close();
  });
}
