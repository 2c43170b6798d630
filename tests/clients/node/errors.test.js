import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { client, clientOf, lastRequest } from './connection.js';

const asked = { model: 'gpt-5', input: 'Hello' };
const caught = (promise) => promise.then(() => assert.fail('no error'), (error) => error);

test('a wrong key', async () => {
  const error = await caught(clientOf({ apiKey: 'wrong-key' }).responses.create(asked));
  assert.ok(error instanceof OpenAI.AuthenticationError);
  assert.equal(error.code, 'invalid_relay_key');
  assert.ok(!error.message.includes('wrong-key'));
  assert.ok(error.requestID);
});

test('an invalid body with its pointer', async () => {
  const messages = [{ role: 'user', content: 5 }];
  const error = await caught(client.chat.completions.create({ model: 'gpt-5', messages }));
  assert.ok(error instanceof OpenAI.BadRequestError);
  assert.equal(error.param, '/messages/0/content');
  assert.equal(error.code, 'invalid_body');
  assert.equal(error.error.request_id, error.requestID);
});

test('a stream that is cut is an error', async () => {
  const headers = { 'X-Stand-In': 'cut=700' };
  const stream = await client.responses.create({ ...asked, stream: true }, { headers });
  await assert.rejects(async () => { for await (const event of stream) assert.ok(event.type); });
});

test('a request that was sent is not sent again', async () => {
  const headers = { 'X-Stand-In': 'reset' };
  const error = await caught(clientOf({ maxRetries: 3 }).responses.create(asked, { headers }));
  assert.equal(error.status, 502);
  assert.equal(error.headers.get('x-should-retry'), 'false');
  const sent = Object.fromEntries((await lastRequest('createResponse')).headers);
  assert.equal(sent['x-stainless-retry-count'], '0');
});

test('a stream is closed midway, and the upstream sees it', async () => {
  const headers = { 'X-Stand-In': 'pace=30' };
  const stream = await client.responses.create({ ...asked, stream: true }, { headers });
  for await (const event of stream) {
    assert.equal(event.type, 'response.created');
    break;
  }
  const limit = Date.now() + 1_000;
  let ended;
  do ended = (await lastRequest('createResponse')).ended;
  while (ended === 'open' && Date.now() < limit);
  assert.equal(ended, 'client-gone');
});
