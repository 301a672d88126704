import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NameStatus } from '../../src/activation/record.ts';

test('the diagram of where a name stands has every state, and no other', () => {
  const [, diagram = ''] = /stateDiagram-v2\n(.*?)```/s.exec(readFileSync('docs/concepts.md', 'utf8')) ?? [];

  const states = new Set(diagram.match(/\b[A-Z]\w+(?= -->)|(?<=--> )[A-Z]\w+/g));

  expect([...states].toSorted()).toEqual([...NameStatus.options].toSorted());
});
