import { serve } from '../../serve.ts';
import { type ServerOptions, serverConfig } from '../server-config.ts';
import type { Shell } from '../shell.ts';

export const serveCommand = (shell: Shell, options: ServerOptions): Promise<void> =>
  serve(serverConfig(shell, options));
