declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An HTTP server of the DynamoDB API; without a path it keeps everything in memory. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
