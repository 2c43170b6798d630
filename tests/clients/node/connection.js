// The clients under test. The environment says where the gateway is and what opens it.
import OpenAI from 'openai';

export const baseURL = process.env.GATEWAY_URL;
export const apiKey = process.env.GATEWAY_KEY;
export const upstream = process.env.STAND_IN_URL;

export function clientOf(options = {}) {
  return new OpenAI({ apiKey, baseURL, maxRetries: 0, timeout: 20_000, ...options });
}

export const client = clientOf();

// What the stand-in got, the last request of an operation.
export async function lastRequest(operation) {
  const answer = await fetch(`${upstream}/-/record`);
  const { requests } = await answer.json();
  return requests.filter((each) => each.operation === operation).at(-1);
}

export async function itemsOf(pages) {
  const found = [];
  for await (const each of await pages) found.push(each);
  return found;
}
