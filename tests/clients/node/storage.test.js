import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFile } from 'openai';
import { client, itemsOf, lastRequest } from './connection.js';

const lines = '{"custom_id": "1"}\n'.repeat(20);
const file = () => toFile(Buffer.from(lines), 'lines.jsonl', { type: 'application/jsonl' });

test('files', async () => {
  const expires_after = { anchor: 'created_at', seconds: 3600 };
  const made = await client.files.create({ file: await file(), purpose: 'batch', expires_after });
  assert.equal(made.object, 'file');
  const sent = await lastRequest('createFile');
  assert.ok(sent.body.includes(lines));
  assert.ok(sent.body.includes('name="expires_after[seconds]"'));
  assert.equal((await client.files.retrieve(made.id)).id, made.id);
  assert.ok((await itemsOf(client.files.list({ limit: 2 }))).length);
  assert.equal((await client.files.delete(made.id)).deleted, true);
});

test('file content', async () => {
  const headers = { 'X-Stand-In': 'size=300000' };
  const answer = await client.files.content('file-1', { headers });
  assert.equal((await answer.arrayBuffer()).byteLength, 300_000);
});

test('uploads with parts', async () => {
  const made = await client.uploads.create({
    bytes: lines.length, filename: 'a.jsonl', mime_type: 'text/jsonl', purpose: 'batch',
  });
  const part = await client.uploads.parts.create(made.id, { data: await file() });
  assert.equal(part.object, 'upload.part');
  assert.ok((await client.uploads.complete(made.id, { part_ids: [part.id] })).id);
  assert.ok((await client.uploads.cancel(made.id)).id);
});

test('vector stores', async () => {
  const made = await client.vectorStores.create({ name: 'Handbook' });
  const stored = await client.vectorStores.files.create(made.id, { file_id: 'file-1' });
  assert.equal(stored.object, 'vector_store.file');
  const options = { pollIntervalMs: 10 };
  const batch = { files: [await file()] };
  const polled = await client.vectorStores.fileBatches.uploadAndPoll(made.id, batch, options);
  assert.equal(polled.status, 'completed');
  const query = { query: 'leave', filters: { type: 'in', key: 'year', value: [2025, 2026] } };
  assert.ok((await itemsOf(client.vectorStores.search(made.id, query)))[0].content);
  assert.equal((await client.vectorStores.delete(made.id)).deleted, true);
});

test('batches', async () => {
  const asked = { endpoint: '/v1/responses', input_file_id: 'f', completion_window: '24h' };
  const made = await client.batches.create(asked);
  assert.equal(made.object, 'batch');
  assert.ok((await itemsOf(client.batches.list())).length);
  assert.ok((await client.batches.cancel(made.id)).id);
});

test('containers', async () => {
  const made = await client.containers.create({ name: 'box' });
  const added = await client.containers.files.create(made.id, { file: await file() });
  const content = await client.containers.files.content.retrieve(added.id, { container_id: made.id });
  assert.ok((await content.arrayBuffer()).byteLength);
  assert.ok((await itemsOf(client.containers.files.list(made.id))).length);
  await client.containers.delete(made.id);
});
