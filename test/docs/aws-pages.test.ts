import { test } from 'vitest';
import { whyNoReader } from './place.ts';
import { tell } from './tell.ts';

const PAGES = ['docs/migration.md', 'docs/operating.md', 'infra/README.md'];
const obstacle = whyNoReader();

test.skipIf(obstacle !== undefined).each(PAGES)(
  `%s does what it says${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  async (page) => {
    await tell(page);
  },
);
