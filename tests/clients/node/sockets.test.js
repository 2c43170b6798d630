import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { baseURL, client, lastRequest } from './connection.js';

test('a client secret', async () => {
  const session = { type: 'realtime', model: 'gpt-realtime' };
  assert.ok((await client.realtime.clientSecrets.create({ session })).value);
});

test('realtime', async () => {
  // The SDK insists on wss:, as with a terminator in front; here its TLS is left out.
  const { hostname, port } = new URL(baseURL);
  const options = { createConnection: () => connect(Number(port), hostname) };
  const line = new OpenAIRealtimeWS({ model: 'gpt-realtime', options }, client);
  line.on('error', (error) => assert.fail(error));
  await once(line.socket, 'open');
  const heard = once(line.socket, 'message');
  line.send({ type: 'session.update', session: { type: 'realtime' } });
  const said = JSON.parse((await heard)[0]);
  assert.deepEqual(said, { type: 'session.update', session: { type: 'realtime' } });
  const closed = once(line.socket, 'close');
  line.close();
  await closed;
  assert.equal((await lastRequest('connect-realtime')).status, 101);
});

test('responses over a WebSocket', async () => {
  const line = new ResponsesWS(client);
  line.on('error', (error) => assert.fail(error));
  const heard = new Promise((resolve) => { line.on('event', resolve); });
  line.send({ type: 'response.create', model: 'gpt-5', input: 'Hello' });
  assert.equal((await heard).type, 'response.create');
  line.close();
});
