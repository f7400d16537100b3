// Two plugins of one name beside each other in the explorer.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {open_browser} from './browser.mjs';
import {changes, open_at, readings} from './explore_page.mjs';
import {explorer, ravine, work_folder} from './programs.mjs';

const tests = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

let browser, server, folders;

/** A folder with tests/plugins/c_sign.c, whose moves are so many times as long. */
function built(factor) {
  const folder = work_folder('build');
  const source = readFileSync(path.join(tests, 'plugins/c_sign.c'), 'utf8');
  assert.equal(source.split('s->values[lr] *').length, 3);
  writeFileSync(path.join(folder, 'c_sign.c'), source.replaceAll('s->values[lr] *', `${factor} * s->values[lr] *`));
  execFileSync('cc', ['-std=c11', '-shared', '-fPIC', '-fvisibility=hidden', '-I', path.join(tests, '../framework/abi/include'),
                      '-o', path.join(folder, 'c_sign.so'), path.join(folder, 'c_sign.c')]);
  return folder;
}

before(async () => {
  folders = [built(1), built(3)];
  browser = await open_browser();
  server = await explorer(folders.flatMap((each) => ['--plugins', each]));
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

async function traced(folder) {
  const {stdout} = await ravine(['trace', 'c_sign', '--on', 'rosenbrock', '--steps', '1000', '--plugins', folder]);
  return Number(stdout.trim().split('\n').at(-1).split(',')[2]);
}

test('two builds of one plugin draw their paths side by side, and the address keeps which', async () => {
  const {page, context, complaints} = await open_at(browser, server.url);
  await readings(page);
  await changes(page, () => page.locator('.run').first().getByLabel('optimizer', {exact: true}).selectOption('c_sign'));
  await page.locator('.run').nth(1).getByLabel('optimizer', {exact: true}).selectOption('c_sign');
  await page.waitForFunction(() => /would repeat the trials/.test(document.querySelector('.status').textContent));
  const build = page.locator('.run').nth(1).getByLabel('build of c_sign');
  assert.equal(await build.locator('option').count(), 2);
  await build.selectOption({index: 1});
  await page.waitForFunction(() => [...document.querySelectorAll('.legend .name')].filter((each) => /^c_sign \d$/.test(each.textContent)).length === 2);
  const shown = await readings(page);
  const expected = [await traced(folders[0]), await traced(folders[1])];
  assert.notEqual(expected[0], expected[1]);
  expected.forEach((each, i) => assert.ok(Math.abs(Number(shown[i]) / each - 1) < 1e-3, `${shown[i]} for ${each}`));
  assert.match(await page.locator('.manifest').innerText(), /# c_sign 2 is left out: .*c_sign\.so".*- \{use: c_sign\}/s);
  await page.waitForURL((url) => decodeURIComponent(url.hash).includes('"build":'));
  const again = await open_at(browser, server.url + new URL(page.url()).hash);
  assert.deepEqual(await readings(again.page), shown);
  assert.deepEqual(complaints.filter((each) => !/400/.test(each)), []);
  await again.context.close();
  await context.close();
});
