/** A process to kill: an embedded AWS that keeps its state in the directory named first, and prints its address. */
import { startEmbeddedAws } from '../../../src/local/aws/server.ts';

const aws = await startEmbeddedAws({
  host: '127.0.0.1',
  port: 0,
  region: 'eu-west-1',
  clock: () => new Date(),
  dataDir: process.argv[2] ?? '',
});
console.log(aws.url);
