import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { toFile } from 'openai';
import { client, itemsOf, lastRequest } from './connection.js';

const bytes = Buffer.from(Array.from({ length: 2048 }, (_, i) => i % 256));
const png = () => toFile(bytes, 'a.png', { type: 'image/png' });
const wav = () => toFile(bytes, 'a.wav', { type: 'audio/wav' });
const picture = { model: 'gpt-image-1', prompt: 'A red boat' };

test('pictures', async () => {
  assert.ok((await client.images.generate(picture)).data[0].b64_json);
  const events = await itemsOf(client.images.generate({ ...picture, stream: true }));
  assert.equal(events.at(-1).type, 'image_generation.completed');
});

test('pictures are edited', async () => {
  const image = [await png(), await png()];
  assert.ok((await client.images.edit({ ...picture, image, mask: await png() })).data.length);
  const sent = await lastRequest('createImageEdit');
  const body = Buffer.from(sent.body_base64, 'base64');
  assert.equal(body.toString('latin1').split('name="image[]"').length - 1, 2);
  assert.ok(body.includes(bytes));
});

test('speech is streamed to a file', async () => {
  const asked = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Good morning.' };
  const headers = { 'X-Stand-In': 'size=200000' };
  const answer = await client.audio.speech.create(asked, { headers });
  const target = join(await mkdtemp(join(tmpdir(), 'speech-')), 'speech.mp3');
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(target));
  assert.equal((await stat(target)).size, 200_000);
});

test('transcription and translation', async () => {
  const model = 'gpt-4o-transcribe';
  assert.ok((await client.audio.transcriptions.create({ file: await wav(), model })).text);
  const recording = { file: await wav(), model, stream: true };
  const events = await itemsOf(client.audio.transcriptions.create(recording));
  assert.equal(events.at(-1).type, 'transcript.text.done');
  assert.ok((await client.audio.translations.create({ file: await wav(), model: 'whisper-1' })).text);
});

test('videos', async () => {
  const made = await client.videos.create({ prompt: 'A boat', input_reference: await png() });
  assert.equal((await client.videos.retrieve(made.id)).object, 'video');
  const headers = { 'X-Stand-In': 'size=70000' };
  const clip = await client.videos.downloadContent(made.id, {}, { headers });
  assert.equal((await clip.arrayBuffer()).byteLength, 70_000);
});
