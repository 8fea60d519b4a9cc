// Whether the room's answers are right, by the framework's own SDK: node check.mjs PORT SEATS.json
//
// Everybody walks, then stands. Once nothing moves any more, what each client knows must be what the
// others know of themselves, for exactly those in view. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { Client } from "@colyseus/sdk";

const REACH = 2048, ROUNDS = 4, WALK_MS = 1500, REST_MS = 400, PATIENCE = 20;
const KEYS = [1, 9, 8, 10, 2, 6, 4, 5];
const seats = JSON.parse(readFileSync(process.argv[3], "utf8"));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const client = new Client(`ws://127.0.0.1:${process.argv[2]}`);
const rooms = [];
for (const seat of seats) rooms.push(await client.consumeSeatReservation(seat));
await sleep(1000);

const found = { clients: rooms.length, compared: 0, missing: 0, extra: 0, wrong: 0, moved: 0 };
let before = "";
for (let round = 0; round < ROUNDS; round++) {
  rooms.forEach((room, index) => room.sendBytes(0, Uint8Array.of(KEYS[(index * 7 + round * 3) % 8])));
  await sleep(WALK_MS);
  rooms.forEach((room) => room.sendBytes(0, Uint8Array.of(0)));
  await settled();
  compare();
}
console.log(JSON.stringify(found));
process.exit(0);

function own() {
  return rooms.map((room, index) => room.state.players.get(String(index + 1)));
}

async function settled() {
  let last = "";
  for (let look = 0; look < PATIENCE; look++) {
    await sleep(REST_MS);
    const now = JSON.stringify(own().map(({ x, y, state }) => [x, y, state]));
    if (now === last) return;
    last = now;
  }
  throw new Error("the players do not come to rest");
}

function compare() {
  const bodies = own();
  const now = JSON.stringify(bodies.map(({ x, y }) => [x, y]));
  found.moved += now !== before;
  before = now;
  rooms.forEach((room, index) => {
    const me = bodies[index];
    bodies.forEach((other, at) => {
      if (at === index) return;
      const dx = other.x - me.x, dy = other.y - me.y;
      const isDue = dx >= -REACH && dx < REACH && dy >= -REACH && dy < REACH;
      const shown = room.state.players.get(String(at + 1));
      if (isDue && !shown) found.missing++;
      else if (!isDue && shown) found.extra++;
      else if (shown) {
        found.compared++;
        const isRight = shown.x === other.x && shown.y === other.y && shown.state === other.state && shown.id === at + 1;
        if (!isRight) found.wrong++;
      }
    });
  });
}
