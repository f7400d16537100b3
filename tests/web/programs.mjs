// Runs `ravine` for the tests of its pages.
import {execFile, spawn} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import {once} from 'node:events';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {folder, program} from './browser.mjs';

const run = promisify(execFile);

/** An empty folder for one test. */
export function work_folder(name) {
  return mkdtempSync(path.join(folder, `${name}-`));
}

/** Runs `ravine` to its end; throws with what it said if that is not a good one. */
export async function ravine(args, options = {}) {
  return run(program, args, {maxBuffer: 1 << 26, ...options});
}

/** A server with its address; `stop` ends it as Ctrl-C does, and answers its exit status. */
export async function explorer(args, options = {}) {
  const server = spawn(program, ['explore', '--no-open', '--port', '0', ...args], {stdio: ['ignore', 'pipe', 'pipe'], ...options});
  const said = [];
  server.stderr.on('data', (text) => said.push(String(text)));
  const [url] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    once(server, 'exit').then(() => { throw new Error(`ravine explore ended: ${said.join('')}`); }),
  ]);
  return {
    url, said,
    async stop() {
      server.kill('SIGINT');
      const [status] = server.exitCode === null ? await once(server, 'exit') : [server.exitCode];
      return status;
    },
  };
}
