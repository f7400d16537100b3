// The loss inside a network: the report's sharpness, and the pages of `ravine slice`.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {in_folder, open_browser, open_page, see_all} from './browser.mjs';
import {ravine, work_folder} from './programs.mjs';

let browser, folder;

before(async () => {
  folder = work_folder('slice');
  writeFileSync(path.join(folder, 'inside.yaml'), `
problems: [{use: mlp, with: {hidden: [8], activation: tanh}, data: {use: digits, with: {train: 100, validation: 20, test: 20}}}]
train: {steps: 30, batch_size: full}
evaluate: {every: {steps: 10}, curvature: {every: {steps: 5}, examples: 100}}
optimizers:
  - {use: sgd, with: {lr: 0.1}}
  - {use: momentum, with: {lr: 0.05}}
  - {use: adam, with: {lr: 0.01}}
`);
  await ravine(['run', 'inside.yaml'], {cwd: folder});
  browser = await open_browser();
});
after(async () => browser?.close());

test('the report draws the sharpness beside the stability limit', async () => {
  await ravine(['report', 'inside.db'], {cwd: folder});
  const {page, complaints} = await open_page(browser);
  await page.goto(`file://${folder}/inside.html`);
  await see_all(page);
  const names = await page.evaluate(() => document.querySelector('#curvature .js-plotly-plot').data.map((each) => [each.name, each.x, each.y]));
  const of = (name) => names.find((each) => each[0] === name);
  assert.deepEqual(of('sgd')[1], [0, 5, 10, 15, 20, 25, 30]);
  assert.ok(of('sgd: stability limit')[2].every((each) => Math.abs(each - 20) < 1e-9));
  assert.ok(of('momentum: stability limit')[2].every((each) => Math.abs(each - 2 * 1.9 / 0.05) < 1e-9));
  assert.equal(of('adam: stability limit'), undefined);
  await page.locator('#curvature').screenshot({path: in_folder('curvature.png')});
  assert.deepEqual(complaints, []);
});

for (const plane of ['random', 'ends', 'path']) {
  test(`a slice shows the plane of ${plane}`, async () => {
    const {stdout} = await ravine(['slice', 'inside.db', '--plane', plane, '--cells', '9', '-o', `${plane}.html`], {cwd: folder});
    assert.equal(stdout, `${plane}.html\n`);
    const {page, complaints} = await open_page(browser);
    await page.goto(`file://${folder}/${plane}.html`);
    await page.getByRole('heading', {name: 'The loss on a plane of mlp'}).waitFor();
    assert.equal(await page.locator('#slice tbody tr').count(), 3);
    await page.getByRole('button', {name: 'Show as a surface'}).click();
    await page.locator('.surface .main-svg').first().waitFor({state: 'attached'});
    await page.screenshot({path: in_folder(`slice-${plane}.png`), fullPage: true});
    assert.deepEqual(complaints, []);
  });
}
