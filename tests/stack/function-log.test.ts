import { expect, test } from 'vitest';
import { readableLine, spokenMail } from '../../local/function-log.ts';

const entry = {
  at: '2031-05-20T12:00:00Z',
  level: 'info',
  request_id: 'one-request',
  method: 'POST',
  duration_ms: 3,
};

test('a request is told in one line, with what went wrong', () => {
  const line = { ...entry, function: 'create-payment', status: 401, code: 'sign_in_required' };
  expect(readableLine(JSON.stringify(line)))
    .toBe('create-payment POST 401 in 3 ms code="sign_in_required"');
});

test('a mail is told in one line, whatever somebody called their home', () => {
  const mail = {
    to: 'ada@example.com',
    subject: 'Booked: a\u001b[2J\r\nmail to eve\u009b31m\u202e',
  };
  expect(spokenMail(mail)).toBe('mail to ada@example.com: Booked: a [2J  mail to eve 31m ');
});

test('a request that failed is told with its id', () => {
  const line = { ...entry, level: 'error', function: 'create-payment', status: 500 };
  expect(readableLine(JSON.stringify(line)))
    .toBe('create-payment POST 500 in 3 ms request_id=one-request');
});

test('the outbox worker is heard only when it had something to do', () => {
  const worked = {
    ...entry,
    function: 'run-commands',
    status: 200,
    done: 0,
    retried: 0,
    failed: 0,
  };
  expect(readableLine(JSON.stringify(worked))).toBeUndefined();
  expect(readableLine(JSON.stringify({ ...worked, failed: 1 }))).toContain('failed=1');
  expect(readableLine(JSON.stringify({ ...worked, status: 500 }))).toContain('500');
});

test('anything else is told as it is', () => {
  expect(readableLine('plain words')).toBe('plain words');
  expect(readableLine('{"half": ')).toBe('{"half": ');
  expect(readableLine('[1]')).toBe('[1]');
});
