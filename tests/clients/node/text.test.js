import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { client, itemsOf, lastRequest } from './connection.js';

const messages = [{ role: 'user', content: 'Hello' }];
const chat = { model: 'gpt-5', messages };
const response = { model: 'gpt-5', input: 'Hello' };

test('chat', async () => {
  const made = await client.chat.completions.create(chat);
  assert.equal(made.choices[0].message.role, 'assistant');
  assert.ok(made.choices[0].message.content);
  const sent = await lastRequest('createChatCompletion');
  assert.deepEqual(JSON.parse(sent.body), chat);
});

test('chat as a stream', async () => {
  const chunks = await itemsOf(client.chat.completions.create({ ...chat, stream: true }));
  assert.ok(chunks.map((each) => each.choices[0]?.delta.content ?? '').join(''));
});

test('chat by the stream helper', async () => {
  const stream = client.chat.completions.stream(chat);
  const deltas = [];
  stream.on('content.delta', (event) => deltas.push(event.delta));
  assert.equal(await stream.finalContent(), deltas.join(''));
});

test('responses', async () => {
  const made = await client.responses.create(response);
  assert.equal(made.status, 'completed');
  assert.ok(made.output_text);
  assert.equal((await client.responses.retrieve(made.id)).id, made.id);
});

test('responses as a stream', async () => {
  const events = await itemsOf(client.responses.create({ ...response, stream: true }));
  assert.equal(events[0].type, 'response.created');
  assert.equal(events.at(-1).type, 'response.completed');
});

test('responses by the stream helper', async () => {
  const stream = client.responses.stream(response);
  const types = await itemsOf(stream).then((events) => events.map((each) => each.type));
  assert.equal(types.at(-1), 'response.completed');
  assert.ok((await stream.finalResponse()).output_text);
});

test('the schema of a structured answer goes upstream', async () => {
  const format = zodTextFormat(z.object({ city: z.string() }), 'place');
  await client.responses.create({ ...response, text: { format } });
  const sent = JSON.parse((await lastRequest('createResponse')).body);
  assert.equal(sent.text.format.schema.properties.city.type, 'string');
});

test('embeddings', async () => {
  const made = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'Hello' });
  assert.equal(typeof made.data[0].embedding[0], 'number');
});

test('moderations', async () => {
  const made = await client.moderations.create({ input: 'fine' });
  assert.equal(typeof made.results[0].flagged, 'boolean');
});

test('models', async () => {
  assert.equal((await itemsOf(client.models.list()))[0].object, 'model');
  assert.equal((await client.models.retrieve('gpt-5')).id, 'gpt-5');
});

test('conversations', async () => {
  const made = await client.conversations.create({ items: messages, metadata: { topic: 'demo' } });
  assert.equal(made.object, 'conversation');
  assert.ok((await client.conversations.items.create(made.id, { items: messages })).data.length);
  assert.ok((await itemsOf(client.conversations.items.list(made.id))).length);
  assert.equal((await client.conversations.delete(made.id)).deleted, true);
});
