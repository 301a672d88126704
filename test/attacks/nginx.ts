import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { hasCommand } from '../bootstrap/clean-machine.ts';
import { temporaryDirectory } from '../process/server-process.ts';

const nginx = ['nginx', '/usr/sbin/nginx'].find(hasCommand);

/** Why no proxy can be had here, or undefined when one can. Only Linux has all of 127.0.0.0/8. */
export const whyNoProxy = (): string | undefined => {
  if (process.platform !== 'linux') return 'not on Linux';
  return nginx ? undefined : 'no nginx here';
};

/** nginx cannot be asked to take a free port: an address for this process alone has all of them free. */
const ADDRESS = `127.${(process.pid >> 8) & 255}.${process.pid & 255}.77`;
let port = 20_000;

/** A proxy before a server, as operators set it up; `headers` are its directives for those. Ends with the test. */
export const startNginx = async (target: string, headers: readonly string[]): Promise<string> => {
  const directory = await temporaryDirectory();
  const file = join(directory, 'nginx.conf');
  port += 1;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    file,
    `daemon off; master_process off; pid ${directory}/pid; error_log stderr;
    events {}
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n')}
      server {
        listen ${ADDRESS}:${port};
        location / { proxy_pass ${target}; ${headers.join(' ')} }
      }
    }`,
  );
  const proxy = spawn(nginx ?? 'nginx', ['-p', directory, '-e', 'stderr', '-c', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(async () => {
    const ended = once(proxy, 'exit');
    if (proxy.kill('SIGTERM')) await ended;
  });
  await vi.waitFor(async () => {
    const socket = connect({ host: ADDRESS, port });
    await once(socket, 'connect');
    socket.destroy();
  });
  return `http://${ADDRESS}:${port}`;
};
