import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests run real processes against real time; a machine that is busy with others may be too slow once.
    retry: process.env['CI'] ? 1 : 0,
  },
});
