import { expect, test } from 'vitest';
import { watchNodeRole } from '../../src/ssm/node-role.ts';
import { createTime } from './time.ts';

const startWatch = () => {
  const time = createTime();
  const role = watchNodeRole(time.clock);
  const pass = (milliseconds: number) => time.advanceTo(time.now() + milliseconds);
  const mayBegin = () => {
    try {
      role.begin();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ name: 'NodeRoleUnusable', mayHaveActed: false });
      return false;
    }
  };
  return { role, pass, mayBegin };
};

test('nothing is known against a role at first: all may begin, with the tries that a fresh one deserves', () => {
  const { role, mayBegin } = startWatch();

  expect([mayBegin(), mayBegin(), role.tries()]).toEqual([true, true, 3]);
});

test('of those that come after a refusal one in four seconds may begin, with one try', () => {
  const { role, pass, mayBegin } = startWatch();
  role.refused();

  const begun: boolean[] = [];
  for (let second = 0; second < 12; second += 1) {
    begun.push(mayBegin());
    pass(1_000);
  }

  expect(begun.filter(Boolean)).toHaveLength(2);
  expect(role.tries()).toBe(1);
});

test('one that began and needed no mint leaves the try to the next', () => {
  const { role, pass, mayBegin } = startWatch();
  role.refused();
  pass(4_000);
  expect([mayBegin(), mayBegin()]).toEqual([true, false]);

  role.unused();

  expect(mayBegin()).toBe(true);
});

test('a mint that worked lets all begin again', () => {
  const { role, mayBegin } = startWatch();
  role.refused();

  role.worked();

  expect([mayBegin(), mayBegin(), role.tries()]).toEqual([true, true, 3]);
});

test.each([
  ['a minute after it nothing more is known', 60_000],
  ['nor when the clock was set back', -3_600_000],
])('a refusal is forgotten: %s', (_when, milliseconds) => {
  const { role, pass, mayBegin } = startWatch();
  role.refused();

  pass(milliseconds);

  expect([mayBegin(), mayBegin(), role.tries()]).toEqual([true, true, 3]);
});
